import Engine
import Estates

/// Very many persons who wait for weeks, with the real engine, one worker and a portal in which estates appear. It says how
/// often they are sought, whether that comes in waves, and how long an estate waits for its filings.
public struct WaitingRun {
    let settings: WaitingSettings
    let people: [WaitingPerson]
    var random: SimulationRandom
    var engine: Engine
    /// What is in the ledger, by partition.
    var ledger: [LedgerView]
    public internal(set) var report: WaitingReport

    var now: Int64 = 0
    /// Calls that are under way.
    private struct Call {
        let ticket: CallTicket
        let call: PortalCall
        let endsAt: Int64
    }

    private let persons: [Deceased: Int]
    private let arrivals: [Int]
    private var arrived = 0
    private var calls: [Call] = []
    private var commitAt: Int64?
    private var restartsLeft: ArraySlice<WaitingSettings.Restart>
    var engines: UInt64 = 0

    public init(_ settings: WaitingSettings) {
        self.settings = settings
        var random = SimulationRandom(seed: settings.seed)
        let people = (0..<settings.persons).map { WaitingPerson($0, &random) }
        self.people = people
        persons = Dictionary(uniqueKeysWithValues: people.map { ($0.deceased, $0.number) })
        arrivals = people.indices.sorted { people[$0].arrivesAt < people[$1].arrivesAt }
        restartsLeft = settings.restarts[...]
        self.random = random
        engine = Engine(settings: EngineSettings(), seed: settings.seed)
        ledger = Array(repeating: LedgerView(), count: Int(settings.partitions))
        report = WaitingReport(settings)
    }

    /// Runs it to the end. The same settings always lead to the same report.
    ///
    /// - Parameter progress: is told each day that is over.
    public mutating func run(progress: (Int) -> Void = { _ in }) {
        start()
        let end = Int64(settings.days) * WaitingPerson.day
        var day = 0
        while let next = nextTime, next < end {
            now = max(now, next)
            while Int(now / WaitingPerson.day) > day {
                progress(day)
                day += 1
            }
            if let restart = restartsLeft.first, now >= Int64(restart.day) * WaitingPerson.day {
                restartsLeft.removeFirst()
                restartWorker(after: Int64(restart.hours * 3_600_000))
                continue
            }
            step()
        }
        report.end(people)
    }

    var moment: Moment {
        Moment(monotonic: 1_000 + now, wall: Timestamp(milliseconds: WaitingPerson.start + now))
    }

    func partition(of person: Int) -> Int32 { Int32(person) % settings.partitions }

    /// Nobody is there any more: what was under way is forgotten.
    mutating func forgetWork() {
        calls = []
        commitAt = nil
    }

    private var nextTime: Int64? {
        let arrival = arrived < arrivals.count ? people[arrivals[arrived]].arrivesAt : nil
        let restart = restartsLeft.first.map { Int64($0.day) * WaitingPerson.day }
        return [arrival, calls.map(\.endsAt).min(), wakeAt, commitAt, restart].compactMap { $0 }.min()
    }

    private var wakeAt: Int64? {
        guard let wake = engine.nextWake.map({ $0 - 1_000 }) else { return nil }
        guard settings.without == .timers, now >= 3_600_000 else { return wake }
        return (wake / 3_600_000 + 1) * 3_600_000
    }

    private mutating func step() {
        if let commitAt, commitAt <= now { commit() }
        if let wakeAt, wakeAt <= now { engine.advance(to: moment) }
        let ended = calls.filter { $0.endsAt <= now }
        calls.removeAll { $0.endsAt <= now }
        for call in ended { answer(call) }
        while arrived < arrivals.count, people[arrivals[arrived]].arrivesAt <= now {
            let person = people[arrivals[arrived]]
            for item in person.records(in: partition(of: person.number)) {
                engine.record(item.record, item.parsed, at: moment)
            }
            arrived += 1
        }
        takeCommands()
    }

    mutating func takeCommands() {
        for case .call(let ticket, let call, _) in engine.takeCommands() {
            calls.append(Call(ticket: ticket, call: call, endsAt: now + random.number(40...160)))
            if case .search(let deceased) = call, let person = persons[deceased] {
                report.searched(people[person], at: now)
            }
        }
        if commitAt == nil, engine.hasSomethingToWrite { commitAt = now + 10 }
    }

    private mutating func commit() {
        commitAt = nil
        guard let tick = engine.takeTick(at: moment) else { return }
        for part in tick.parts {
            for write in part.ledger { ledger[Int(part.partition)].apply(write) }
            report.written(part.ledger, at: now)
        }
        engine.tickEnded(.committed, at: moment)
    }

    private mutating func answer(_ ended: Call) {
        let ticket = ended.ticket
        switch ended.call {
        case .search(let deceased):
            let isThere = persons[deceased].map { people[$0].appearsAt <= now } ?? false
            engine.answered(ticket, .success(.estates(isThere ? [Estate(id: EstateID("E"))] : [])), at: moment)
        case .submit(_, let identity, _, _):
            guard let filing = Int(identity.reference) else { return }
            report.filed(filing, appearedAt: people[filing / 2].appearsAt, at: now)
            let receipt = Receipt(id: "K", receivedAt: "then")
            engine.answered(ticket, .success(.receipt(FilingID("F"), receipt)), at: moment)
        case .lookUp(_, let identity):
            let records =
                (Int(identity.reference).map { report.isFiled($0) } ?? false)
                ? [FiledRecord(id: FilingID("F"), receipt: Receipt(id: "K", receivedAt: "then"), isWithdrawn: false)]
                : []
            engine.answered(ticket, .success(.filings(records)), at: moment)
        case .changes:
            engine.answered(ticket, .success(.changedEstates([], at: nil)), at: moment)
        case .amend, .withdraw, .attach:
            preconditionFailure("nobody has asked for that")
        }
    }
}
