import Engine
import Estates
import Testing

/// An engine with a clock that tests move by hand, told as a story: something arrives, time passes, the portal answers.
struct Story {
    var engine: Engine
    let settings: EngineSettings
    var now: Int64 = 1_000
    var commands: [Command] = []
    var calls: [(ticket: CallTicket, call: PortalCall, deadline: Int64)] = []
    /// What was committed, in order.
    var outcomes: [Outcome] = []
    var ledger: [LedgerWrite] = []
    var updates: [EstateUpdate] = []

    static var deceased: Deceased {
        guard let cpr = CPRNumber("6101800001") else { preconditionFailure("a substitute number is valid") }
        return .cpr(cpr)
    }
    static let estate = EstateID("E1")

    init(_ change: (inout EngineSettings) -> Void = { _ in }) {
        var settings = EngineSettings()
        // A story follows estates only if it is about that.
        settings.following = nil
        change(&settings)
        self.settings = settings
        engine = Engine(settings: settings, seed: 7)
    }

    var moment: Moment { Moment(monotonic: now, wall: Timestamp(milliseconds: 1_700_000_000_000 + now)) }

    // MARK: What happens

    /// The partition is ours, and this is what its ledger says.
    mutating func own(_ contents: RestoredPartition = RestoredPartition(), partition: Int32 = 0) {
        engine.assigned(partition, at: moment)
        restore(contents, partition: partition)
    }

    /// The ledger is read as the engine asked for it.
    mutating func restore(_ contents: RestoredPartition, partition: Int32 = 0) {
        collect()
        for case .restore(partition, let epoch) in commands {
            engine.restored(partition, epoch: epoch, contents, at: moment)
        }
        commands = []
        collect()
    }

    mutating func receive(_ item: PendingRecord) {
        engine.record(item.record, item.parsed, at: moment)
        collect()
    }

    mutating func pass(_ milliseconds: Int64) {
        now += milliseconds
        engine.advance(to: moment)
        collect()
    }

    /// Goes on to when the engine wants to be woken.
    mutating func passToNextWake() {
        if let wake = engine.nextWake { pass(max(0, wake - now)) }
    }

    mutating func takeTick() -> Tick? { engine.takeTick(at: moment) }

    mutating func end(_ tick: Tick, _ end: TickEnd) {
        if end == .committed {
            outcomes += tick.parts.flatMap(\.outcomes)
            ledger += tick.parts.flatMap(\.ledger)
            updates += tick.parts.flatMap(\.updates)
        }
        engine.tickEnded(end, at: moment)
        collect()
    }

    /// Commits all that is ready.
    mutating func commit() {
        while let tick = takeTick() { end(tick, .committed) }
    }

    /// The oldest call that is under way is answered.
    mutating func answer(_ result: Result<PortalAnswer, PortalFailure>) {
        guard !calls.isEmpty else {
            Issue.record("no call is under way")
            return
        }
        engine.answered(calls.removeFirst().ticket, result, at: moment)
        collect()
    }

    mutating func findEstates(_ count: Int = 1) {
        answer(.success(.estates((0..<count).map { Estate(id: EstateID("E\($0 + 1)")) })))
    }

    mutating func fail(_ cause: PortalFailure.Cause, mayHaveTakenEffect: Bool = false, retryAfter: Int64? = nil) {
        answer(.failure(PortalFailure(cause, mayHaveTakenEffect: mayHaveTakenEffect, retryAfter: retryAfter)))
    }

    mutating func take(_ id: String, receipt: String) {
        answer(.success(.receipt(FilingID(id), Receipt(id: receipt, receivedAt: "then"))))
    }

    mutating func find(_ records: [FiledRecord]) { answer(.success(.filings(records))) }

    mutating func collect() {
        for command in engine.takeCommands() {
            commands.append(command)
            switch command {
            case .call(let ticket, let call, let deadline): calls.append((ticket, call, deadline))
            case .cancel(let ticket): calls.removeAll { $0.ticket == ticket }
            case .restore, .startIntake, .drained, .report: break
            }
        }
    }

    // MARK: What is seen

    /// In a word each: `filed`, `dead-letter estate-ambiguous`.
    var answers: [String] { outcomes.map(Story.describe) }

    /// The call that is under way, in a word; nil when there is none.
    var call: String? {
        switch calls.first?.call {
        case .search: "search"
        case .lookUp: "look-up"
        case .changes: "changes"
        case .submit: "submit"
        case .amend: "amend"
        case .withdraw: "withdraw"
        case .attach(_, _, _, let attachment, _, _): "attach \(attachment.name)"
        case nil: nil
        }
    }

    static func describe(_ outcome: Outcome) -> String {
        switch outcome {
        case .claimReply(let reply): reply.outcome.rawValue
        case .estateReply: "estate"
        case .deadLetter(let letter): "dead-letter \(letter.failure.reason.rawValue)"
        }
    }
}
