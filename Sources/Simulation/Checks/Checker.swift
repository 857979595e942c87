import Engine
import Estates

/// Looks at everything that becomes visible in a run and says which promise it breaks.
struct Checker {
    /// A change at the portal.
    struct Effect {
        /// The newest of the requests that went out together, and the oldest.
        let item: Int
        let head: Int
        let action: FilingAction
        let receipt: Receipt
        let time: Int64
    }

    /// The latest intent of a filing that a worker has in the ledger.
    struct Intent {
        let worker: Int
        /// Of the oldest request, and of the newest that goes out with it.
        let head: Int64
        let newest: Int64
        let takenAt: Int64
        /// As the ledger has it: whoever takes over waits so long.
        let lease: Int64
        /// The attachment that may be sent; nil when it is the request itself.
        let upload: Int?
    }

    let workload: Workload
    private(set) var violation: Violation?
    /// The terminal result of each item, once a read_committed reader can see it.
    var outcomes: [Outcome?]
    var answered = 0
    /// What became of the orders to erase, by item.
    var erased: [Int: Erasure] = [:]
    /// The last request of each filing that was answered.
    var lastAnswered: [Int]
    /// Changes by filing, in the order in which they took effect.
    var effects: [[Effect]]
    var effectOfItem: [Effect?]
    /// What the live filing has, by filing.
    var attachedTo: [Int: Set<AttachedFile>] = [:]
    /// The ledger's partitions as they are committed.
    var views: [LedgerView]
    /// How much of each log is accepted, as an index into it.
    var accepted: [Int]
    var intents: [[Intent]]
    /// Requests of which bytes left after the last look at the clock, and filings of which such a request was answered
    /// with a dead letter or cancelled: what comes in late for them nothing can foresee, and docs/promises.md says so.
    var late: Set<Int> = []
    var excused: Set<Int> = []
    /// The same of uploads: which request wants the attachment, by filing.
    var lateUploads: [Int: [AttachedFile: Int]] = [:]
    /// What the ledger has forgotten, by filing.
    var renewals: [[Renewal]]
    /// Requests that were pending when news of another number of their person was accepted, and when that was.
    var renumbered: [Int: Int64] = [:]
    /// Calls of the last second.
    var started: [StartedCall] = []
    /// Warnings of deadlines.
    var warnings: Set<GivenWarning> = []
    /// Whether the engines are not told of notices: only without the mechanism `deadlineOrder`.
    var areNoticesHidden = false
    let policy: FailurePolicy
    let mode: FilingMode
    /// The oldest request that went out under an idempotency key.
    var heads: [String: Int] = [:]
    /// What the portal has said of estates and filings, in order: see `Checker+Followed`.
    var histories: [FollowedSubject: [String]] = [:]
    /// Filings whose status changed last while their estates were not followed.
    var unseen: Set<FilingID> = []
    /// When each worker took its last tick.
    var ticksTaken: [Int: Int64] = [:]

    init(_ workload: Workload, _ policy: FailurePolicy, _ mode: FilingMode) {
        self.workload = workload
        self.mode = mode
        self.policy = policy
        outcomes = Array(repeating: nil, count: workload.items.count)
        effects = Array(repeating: [], count: workload.filings.count)
        lastAnswered = Array(repeating: -1, count: workload.filings.count)
        renewals = Array(repeating: [], count: workload.filings.count)
        effectOfItem = Array(repeating: nil, count: workload.items.count)
        views = Array(repeating: LedgerView(), count: workload.partitions)
        accepted = Array(repeating: 0, count: workload.logs.count)
        intents = Array(repeating: [], count: workload.filings.count)
    }

    mutating func fail(_ message: String, at now: Int64) {
        if violation == nil { violation = Violation(message: message, time: now) }
    }

    // MARK: Calls

    mutating func callsUnderWay(_ count: Int, of most: Int, at now: Int64) {
        if count > most { fail("\(count) calls under way, at most \(most) are allowed", at: now) }
    }

    mutating func tickTaken(by worker: Int, at now: Int64) { ticksTaken[worker] = now }

    /// A changing call starts: its intent must be in the ledger, and it must end within the intent's lease.
    mutating func changeStarts(
        _ call: PortalCall, _ worker: Int, deadline: Int64, at now: Int64
    ) {
        if case .attach(_, _, let identity, let attachment, _, _) = call {
            uploadStarts(attachment, of: identity, worker, deadline: deadline, at: now)
            return
        }
        guard let (filing, item) = subject(of: call) else { return }
        guard let intent = intents[filing].first(where: { $0.worker == worker }),
            intent.newest == workload.items[item].source.offset, intent.upload == nil,
            let head = workload.item(.claimRequests, workload.items[item].partition, offset: intent.head)
        else {
            fail("a changing call for request \(item) started without a committed intent", at: now)
            return
        }
        if deadline > intent.takenAt + intent.lease {
            fail("a changing call for request \(item) may run beyond its lease", at: now)
        }
        // A shadow lets no lease run out: what it would send twice, nobody gets.
        if mode == .live, outcomes[item] != nil {
            fail("a changing call for request \(item), which is answered", at: now)
        }
        if let key = call.idempotencyKey { heads[key] = head.index }
        checkEstate(call, item, at: now)
    }

    /// What is submitted goes to the estate of the person that its contents name.
    private mutating func checkEstate(_ call: PortalCall, _ item: Int, at now: Int64) {
        guard case .submit(let estate, _, _, _) = call, case .request(let request) = workload.items[item].parsed,
            let person = workload.personIndex[request.deceased]
        else { return }
        if estate != EstateID("E\(person)-0") { fail("request \(item) goes to another person's estate", at: now) }
    }

    private func subject(of call: PortalCall) -> (filing: Int, item: Int)? {
        guard let key = call.idempotencyKey, let identity = call.identity else { return nil }
        return workload.filingIndex[identity].flatMap { filing in
            item(filing: filing, key: key).map { (filing, $0) }
        }
    }

    /// The requests of a filing that went out together.
    private func members(_ filing: Int, _ head: Int, _ newest: Int) -> [Int] {
        (head...newest).filter { workload.items[$0].filing == filing }
    }

    /// The request that a call's idempotency key names.
    private func item(filing: Int, key: String) -> Int? {
        let parts = key.split(separator: "/", maxSplits: 3)
        guard parts.count == 4, let offset = Int64(parts[2]) else { return nil }
        return workload.item(.claimRequests, workload.partition(ofFiling: filing), offset: offset)?.index
    }

    // MARK: The portal

    mutating func tookEffect(
        _ action: FilingAction, filing: Int, key: String, _ receipt: Receipt, live: Int, at now: Int64
    ) {
        guard let item = item(filing: filing, key: key) else {
            fail("the portal was asked for something that is in no request: \(key)", at: now)
            return
        }
        guard let head = heads[key] else {
            fail("request \(item) took effect and was never sent", at: now)
            return
        }
        if let outcome = outcomes[item], outcome.isNotSent, late.contains(item) { excused.insert(filing) }
        let effect = Effect(item: item, head: head, action: action, receipt: receipt, time: now)
        let members = members(filing, head, item)
        defer {
            effects[filing].append(effect)
            for member in members { effectOfItem[member] = effect }
        }
        if action != .amend { attachedTo[filing] = nil }
        guard !excused.contains(filing) else { return }
        if live > 1 { fail("duplicate: request \(item) made a second live filing", at: now) }
        if let last = effects[filing].last, last.item >= head {
            fail("order: request \(head) took effect after request \(last.item)", at: now)
        }
        for member in members {
            if effectOfItem[member] != nil { fail("duplicate: request \(member) took effect twice", at: now) }
            if let outcome = outcomes[member], !outcome.isInDoubt {
                fail("request \(member) took effect after it was answered", at: now)
            }
        }
    }

    /// A call's bytes leave although its time may be over.
    mutating func bytesAreLate(_ call: PortalCall, _ worker: Int) {
        if let (_, item) = subject(of: call) { late.insert(item) }
        if case .attach(_, _, let identity, let attachment, _, _) = call, let filing = workload.filingIndex[identity],
            let item = uploadIntent(filing, worker)?.item
        {
            lateUploads[filing, default: [:]][attachment.attached] = item.index
        }
    }

    // MARK: The engine

    mutating func reported(_ report: Report, _ worker: ModelWorker, at now: Int64) {
        switch report {
        case .contentsMissing(let partition, let offset):
            fail("the ledger lists request \(offset) of partition \(partition) without its contents", at: now)
        case .duplicateAtPortal(let identity, let count):
            if let filing = workload.filingIndex[identity], excused.contains(filing) { return }
            fail("the engine saw \(count) filings of \(identity.reference)", at: now)
        case .gateClosed(let cause):
            worker.closings.append((worker.moment(at: now).wall, cause.reason))
        case .gateOpened(let closure):
            // By this the dead letters of the time are found.
            guard let first = worker.closings.lastIndex(where: { $0.at == closure.since }),
                closure.reasons.isSuperset(of: worker.closings[first...].map(\.reason))
            else { return fail("a gate opened that was closed at another time, or for other reasons", at: now) }
        case .answerLost, .followingIncomplete:
            break
        case .followingGivenUp(let partition, _, _):
            // The horizon of simulated runs is beyond their end.
            fail("questions about estates of partition \(partition) were given up", at: now)
        case .deadlineNear(let identity, let news, let deadline):
            deadlineNear(identity, news, deadline, worker, at: now)
        }
    }
}

extension PortalCall {
    /// Of a call that changes something.
    var idempotencyKey: String? {
        switch self {
        case .search, .lookUp, .changes, .attach: nil
        case .submit(_, _, _, let key), .amend(_, _, _, _, let key), .withdraw(_, _, _, let key): key
        }
    }

    var identity: FilingIdentity? {
        switch self {
        case .search, .changes: nil
        case .lookUp(_, let identity), .submit(_, let identity, _, _), .amend(_, _, let identity, _, _),
            .withdraw(_, _, let identity, _), .attach(_, _, let identity, _, _, _):
            identity
        }
    }
}

extension Outcome {
    /// Whether the request is answered without being sent again.
    var isNotSent: Bool {
        switch self {
        case .deadLetter: true
        case .claimReply(let reply): reply.outcome == .cancelled
        case .estateReply: false
        }
    }

    /// A dead letter that says that nobody knows whether the request took effect.
    var isInDoubt: Bool {
        guard case .deadLetter(let letter) = self, letter.failure.stage == .settle else { return false }
        switch letter.failure.reason {
        case .portalUnavailable, .estateAmbiguous, .estateNotFound: return true
        case .expired, .notYetValid, .revoked, .unknownIssuer, .notRegistered, .tokenRefused, .certificateRefused,
            .certificateUnusable, .wrongHost, .tokenForOtherEnvironment, .serverCertificate, .unexpectedAPI, .malformed,
            .invalidCPR,
            .substituteCPR, .creditorNotAllowed, .diedBeforePortal, .attachmentMismatch, .attachmentUnusable,
            .attachmentRefused, .estateClosed, .conflictingReference, .unknownFiling, .filingWithdrawn,
            .refusedByPortal:
            return false
        }
    }
}
