import Engine
import Estates

/// What is produced in a run: requests about a few filings of a few persons, in every order that can matter.
struct Workload {
    /// When a person's estate can be found at the portal.
    struct Person {
        let deceased: Deceased
        /// A number that the person had before, under which the portal finds nobody.
        let former: CPRNumber?
        let partition: Int32
        let estates: Int
        let appearsAt: Int64
        /// Of the notice to the estate's creditors.
        var notice: CalendarDate?
    }

    private(set) var persons: [Person] = []
    private(set) var filings: [FilingIdentity] = []
    private(set) var items: [Item] = []
    /// Items by topic and partition, in the order of their offsets.
    private(set) var logs: [[Int]]
    private(set) var filingIndex: [FilingIdentity: Int] = [:]
    /// What somebody has filed before anything was produced, by filing; empty in most runs.
    var filedByHand: [Int: FiledByHand] = [:]
    /// Whether workers are told that there may be such filings.
    var isFiledByHand = false
    private(set) var personIndex: [Deceased: Int] = [:]
    let partitions: Int

    private var personOfFiling: [Int] = []
    private var lastOffset: [Int64]
    private let creditor: Creditor
    private let hasAttachments: Bool
    /// Requests of a thousand in whose place there is an order to erase the person.
    private let erasures: Int
    /// Chance that nothing else depends on: without erasures, a seed is what it was before there were any.
    private var erasing: SimulationRandom

    init(_ settings: SimulationSettings, _ plan: FaultPlan, seed: UInt64, _ random: inout SimulationRandom) {
        hasAttachments = plan.hasAttachments
        erasures = plan.erasures
        erasing = SimulationRandom(seed: seed &+ 0x9E37_79B9_7F4A_7C15)
        partitions = Int(settings.partitions)
        logs = Array(repeating: [], count: 2 * partitions)
        lastOffset = Array(repeating: -1, count: 2 * partitions)
        guard let cvr = CVRNumber("97281536") else { preconditionFailure("eight digits are a number") }
        creditor = Creditor(cvr: cvr)
        makePersons(&random)
        makeFilings(&random)
        let span = [3_000, 10_000, 25_000][random.index(3)]
        var times = (0..<settings.steps).map { _ in random.number(0...Int64(span)) }
        times.sort()
        // A few filings get most of the requests, so that they queue up behind each other.
        let hot = 1 + random.index(filings.count)
        for time in times { makeItem(at: time, hot: hot, &random) }
    }

    func log(_ topic: InputTopic, _ partition: Int32) -> Int {
        (topic == .claimRequests ? 0 : partitions) + Int(partition)
    }

    /// The item at an offset, or nil: offsets have gaps.
    func item(_ topic: InputTopic, _ partition: Int32, offset: Int64) -> Item? {
        let log = logs[log(topic, partition)]
        let at = position(in: log, offset: offset)
        guard at < log.count, items[log[at]].source.offset == offset else { return nil }
        return items[log[at]]
    }

    func person(ofFiling filing: Int) -> Int { personOfFiling[filing] }

    func partition(ofFiling filing: Int) -> Int32 { persons[personOfFiling[filing]].partition }

    /// Where a log goes on from an offset.
    func position(in log: [Int], offset: Int64) -> Int {
        var low = 0
        var high = log.count
        while low < high {
            let middle = (low + high) / 2
            if items[log[middle]].source.offset < offset { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private mutating func makePersons(_ random: inout SimulationRandom) {
        for number in 0..<(3 + random.index(5)) {
            guard let cpr = CPRNumber("610180000\(number)") else { preconditionFailure("a substitute number is valid") }
            var estates = 1
            var appearsAt: Int64 = 0
            switch random.index(20) {
            case 0: estates = 2
            case 1: appearsAt = .max
            case 2...7: appearsAt = random.number(100...25_000)
            default: break
            }
            personIndex[.cpr(cpr)] = number
            var former: CPRNumber?
            if random.chance(150) {
                former = CPRNumber("611180000\(number)")
                if let former { personIndex[.cpr(former)] = number }
            }
            persons.append(
                Person(
                    deceased: .cpr(cpr), former: former, partition: Int32(random.index(partitions)), estates: estates,
                    appearsAt: appearsAt))
        }
    }

    private mutating func makeFilings(_ random: inout SimulationRandom) {
        for number in 0..<(3 + random.index(12)) {
            let kind = FilingKind.allCases[random.index(4)]
            let identity = FilingIdentity(creditor: creditor, kind: kind, reference: "R\(number)")
            filingIndex[identity] = number
            filings.append(identity)
            personOfFiling.append(random.index(persons.count))
        }
    }

    private mutating func makeItem(at time: Int64, hot: Int, _ random: inout SimulationRandom) {
        let index = items.count
        let filing = random.chance(700) ? random.index(hot) : random.index(filings.count)
        let isNotification = random.chance(150)
        let person = isNotification ? random.index(persons.count) : personOfFiling[filing]
        let partition = persons[person].partition
        let topic: InputTopic = isNotification ? .deathNotifications : .claimRequests
        let log = log(topic, partition)
        // Offsets have gaps, where a producer's transaction ended.
        lastOffset[log] += random.chance(150) ? 2 : 1
        let record = OriginalRecord(
            source: Source(topic: topic, partition: partition, offset: lastOffset[log]), timestamp: time,
            key: [UInt8(person)], value: nil, headers: [])
        let parsed: ParsedRecord
        if random.chance(30) {
            parsed = .rejected(Failure(.malformed, stage: .parse, message: "not a request"))
        } else if isNotification {
            parsed = .notification(
                DeathNotification(
                    id: "\(index)", deceased: name(person, &random),
                    previous: random.chance(600) ? persons[person].former : nil, isWithdrawn: random.chance(150)))
        } else {
            let request = request(index, filing, person, &random)
            // The more of them come when all is done, the more there is to erase.
            let isErasure = erasing.chance(erasures)
            parsed =
                isErasure
                ? .erasure(ErasureOrder(id: "\(index)", by: "", note: nil, mark: "")) : .request(request)
        }
        var filingOfItem: Int?
        if case .request = parsed { filingOfItem = filing }
        logs[log].append(index)
        items.append(
            Item(index: index, time: time, record: record, parsed: parsed, filing: filingOfItem, person: person))
    }

    /// The number that a sender knows the person by.
    private func name(_ person: Int, _ random: inout SimulationRandom) -> Deceased {
        if let former = persons[person].former, random.chance(400) { return .cpr(former) }
        return persons[person].deceased
    }

    private func request(
        _ index: Int, _ filing: Int, _ person: Int, _ random: inout SimulationRandom
    ) -> ClaimRequest {
        let action: FilingAction =
            switch random.index(20) {
            case 0...11: .submit
            case 12...16: .amend
            default: .withdraw
            }
        // Mostly the same contents again, as a producer that retries would send.
        let version = action == .withdraw ? 0 : random.chance(action == .submit ? 750 : 300) ? 1 : random.number(2...4)
        let contents = FilingContents(
            body: body(filing, version: version), attachments: attachments(filing, version: version))
        // Now and then somebody has had the wrong person, and corrects that.
        let person = random.chance(40) ? random.index(persons.count) : person
        return ClaimRequest(
            id: "\(index)", action: action, identity: filings[filing], deceased: name(person, &random),
            contents: action == .withdraw ? nil : contents,
            digest: ContentsDigest(high: UInt64(person + 1), low: UInt64(version)))
    }

    func body(_ filing: Int, version: Int64) -> FilingContents.Body {
        let amount = Money(oere: version)
        switch filings[filing].kind {
        case .claim: return .claim(Claim(principal: amount, preliminary: (Int64(filing) + version) % 2 == 0))
        case .receivable, .inventory, .inquiry: return .receivable(amount: amount)
        }
    }

    /// Gives most estates a notice, so that some deadline of many a claim comes near when the run's midnight does. Decided by
    /// chance of its own.
    mutating func planNotices(_ other: inout SimulationRandom) {
        guard let day = CalendarDate("2023-11-14") else { preconditionFailure("the day on which runs begin") }
        for person in persons.indices where other.chance(800) {
            // Days that are left for the claim, or for its final amount.
            let left = [0, 0, 0, 0, 1, 1, 3, 7, 7, 10, 14, 14, 40, -30][other.index(14)]
            let isFinal = other.chance(300)
            persons[person].notice = day.adding(days: left - (isFinal ? 112 : 56))
        }
    }

    /// Equal contents have equal attachments; some are common to several versions.
    func attachments(_ filing: Int, version: Int64) -> [Attachment] {
        guard hasAttachments else { return [] }
        let numbers: [UInt8] =
            switch version {
            case 1: filing % 2 == 0 ? [0, 1, 2] : []
            case 3: [1, 3]
            case 4: [4]
            default: []
            }
        return numbers.map { number in
            Attachment(
                name: "A\(number)", mediaType: "text/plain",
                digest: FileDigest(bytes: Array(repeating: number, count: 32)), size: number % 2 == 0 ? 10_000 : nil,
                content: .file("A\(number)"))
        }
    }
}
