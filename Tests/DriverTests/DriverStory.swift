import Driver
import Engine
import Estates

/// A driver with a clock that is moved by hand. Ledgers are read as soon as they are wanted, unless the story says
/// otherwise; all else that it wants is noted.
struct DriverStory {
    var driver: Driver
    var now: Int64 = 1_000
    var membership: Membership? = Membership(name: "m1", isMember: true)
    /// What the driver wanted, but for calls and ledgers.
    var wanted: [String] = []
    var calls: [CallTicket] = []
    /// Ledgers that wait to be read.
    var ledgers: [(partition: Int32, epoch: UInt64)] = []
    var readsLedgers = true
    /// Where restored partitions go on.
    var positions: [InputTopic: Int64] = [.claimRequests: 10, .deathNotifications: 20]
    var refusesIntakes = false
    var records = 0

    init(_ change: (inout EngineSettings) -> Void = { _ in }) {
        var settings = EngineSettings()
        change(&settings)
        driver = Driver(
            engine: Engine(settings: settings, seed: 7), transactionInterval: 20, drainTimeout: 10_000,
            at: Moment(monotonic: 1_000, wall: Timestamp(milliseconds: 1_700_000_000_000)))
        driver.producerReady()
    }

    var moment: Moment { Moment(monotonic: now, wall: Timestamp(milliseconds: 1_700_000_000_000 + now)) }

    // MARK: What happens

    mutating func assign(_ partitions: Int32...) {
        driver.assigned(Set(partitions), as: membership, at: moment)
        carryOut()
    }

    mutating func revoke(_ partitions: Int32..., isLost: Bool = false) {
        driver.revoked(Set(partitions), isLost: isLost, as: membership, at: moment)
        carryOut()
    }

    /// The consumer hands a record over; its search for the estate begins when it is new.
    @discardableResult
    mutating func receive(offset: Int64, partition: Int32 = 0) -> Reception {
        let source = Source(topic: .claimRequests, partition: partition, offset: offset)
        let receipt = driver.receive(source)
        if receipt == .take {
            driver.engine.record(
                OriginalRecord(source: source, timestamp: 0, key: [1], value: nil, headers: []), request(), at: moment)
        }
        carryOut()
        return receipt
    }

    mutating func receive(offsets: Int64...) -> [Reception] {
        var receptions: [Reception] = []
        for offset in offsets { receptions.append(receive(offset: offset)) }
        return receptions
    }

    mutating func pass(_ milliseconds: Int64) {
        now += milliseconds
        driver.advance(to: moment)
        carryOut()
    }

    mutating func answerCalls() {
        let open = calls
        calls = []
        for ticket in open { driver.engine.answered(ticket, .success(.estates([])), at: moment) }
        carryOut()
    }

    mutating func takeTick() -> Commitment? {
        let tick = driver.takeTick(as: membership, at: moment, nanoseconds: now * 1_000_000)
        carryOut()
        return tick
    }

    mutating func end(_ end: TickEnd) {
        driver.tickEnded(end, at: moment, nanoseconds: now * 1_000_000)
        carryOut()
    }

    mutating func readLedgers() {
        let waiting = ledgers
        ledgers = []
        for (partition, epoch) in waiting {
            var contents = RestoredPartition()
            contents.positions = positions
            driver.engine.restored(partition, epoch: epoch, contents, at: moment)
        }
        carryOut()
    }

    mutating func stop() {
        _ = driver.stop(at: moment)
        carryOut()
    }

    mutating func isOver(isClosed: Bool = false) -> Bool {
        let isOver = driver.isOver(isClosed: isClosed, at: moment)
        carryOut()
        return isOver
    }

    var wish: TickWish { driver.tickWish(at: moment, nanoseconds: now * 1_000_000) }

    /// What was wanted since it was asked last.
    mutating func news() -> [String] {
        defer { wanted = [] }
        return wanted
    }

    mutating func carryOut() {
        while case let actions = driver.takeActions(at: moment), !actions.isEmpty {
            for action in actions { carryOut(action) }
        }
        if readsLedgers, !ledgers.isEmpty { readLedgers() }
    }

    private mutating func carryOut(_ action: Action) {
        switch action {
        case .call(let ticket, _, _): calls.append(ticket)
        case .cancel(let ticket):
            calls.removeAll { $0 == ticket }
            wanted.append("cancel")
        case .report, .tell, .wakeLeaders: break
        case .restore(let partition, let epoch):
            ledgers.append((partition, epoch))
            wanted.append("restore \(partition)")
        case .forgetRestore(let partition): ledgers.removeAll { $0.partition == partition }
        case .answerAssignment: wanted.append("assign nothing")
        case .answerRevocation(let partitions): wanted.append("unassign \(partitions.sorted())")
        case .startIntake(let start):
            let partition = start.intake.partition
            wanted.append(
                "\(start.isSeek ? "seek" : "fetch") \(partition) from \(start.intake.positions[.claimRequests] ?? 0)"
                    + (start.isPaused ? ", paused" : ""))
            if refusesIntakes { driver.intakeFailed(start.intake, isAssigned: start.isSeek, at: moment) }
        case .pause(let partitions): wanted.append("pause \(partitions.sorted())")
        case .resume(let partitions): wanted.append("resume \(partitions.sorted())")
        case .close: wanted.append("close")
        }
    }

    private mutating func request() -> ParsedRecord {
        guard let cpr = CPRNumber("6101800001"), let cvr = CVRNumber("97281536") else {
            preconditionFailure("a substitute number is valid, and eight digits are a number")
        }
        records += 1
        return .request(
            ClaimRequest(
                id: "\(records)", action: .submit,
                identity: FilingIdentity(creditor: Creditor(cvr: cvr), kind: .receivable, reference: "R\(records)"),
                deceased: .cpr(cpr), contents: FilingContents(body: .receivable(amount: Money(oere: 1))),
                digest: ContentsDigest(high: 1, low: 1)))
    }
}
