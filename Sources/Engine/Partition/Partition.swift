import Estates

/// All that concerns one partition of the inputs: its filings, the persons whose estates are sought, and what the next
/// transaction is to write. Whoever owns the partition has all that it needs, so partitions never look at each other.
///
/// Its aspects follow the flow: accept, seek, send, look up, settle; and restore, drain, tick.
struct Partition {
    enum Stage: Hashable {
        /// The ledger is being read; nothing is taken in.
        case restoring
        case active
        /// It is being given up: what is under way is finished, nothing is begun.
        case draining
    }

    let number: Int32
    /// Tells this incarnation from an earlier one of the same number, whose calls and ticks may still come back.
    let epoch: UInt64
    var stage = Stage.restoring

    /// Filings of which something is pending, in doubt, or not in the ledger yet.
    var filings: [FilingIdentity: Filing] = [:]
    /// All others.
    var settled = SettledFilings()
    var persons: [Deceased: Person] = [:]
    var notifications: [Int64: PendingNotification] = [:]
    /// Former CPR numbers of persons about whom something is pending, each with the number that took its place.
    var renumberings: [Deceased: Renumbering] = [:]
    /// The estates in which we have filings, and how far following them has come.
    var followed = FollowedEstates()
    var checkpoint: FollowCheckpoint?
    /// The round of questions that is under way, and when it goes on or the next one begins.
    var round: FollowRound?
    var followAt: Int64?
    /// When the first round began of those that have all ended with questions left out. The ledger has it not: after a
    /// restart the time until they are given up begins anew, so that a worker which stood still for long asks first.
    var brokenSince: Timestamp?
    /// Notifications whose first search is not over.
    var freshNotifications = 0
    /// The next offset to take of each input.
    var positions: [InputTopic: Int64] = [:]

    /// When deadlines are looked at next, on the monotonic clock.
    var deadlinesAt = Int64.min
    /// Whether a filing that is not packed away may have one.
    var mayHaveDeadlines = false
    /// Filings whose deadline was near when that was last done; none that has lapsed.
    var nearDeadlines: [DeadlineNews: Int] = [:]

    /// What the next tick carries, besides the states of the filings in `dirty`.
    var records: [LedgerWrite] = []
    var outcomes: [Outcome] = []
    var dirty: [FilingIdentity] = []
    var updates: [EstateUpdate] = []
    var changedEstates: [EstateID] = []
    var isCheckpointChanged = false
    /// Whether a position moved since the last tick was taken.
    var hasMoved = false
    var isInTick = false

    /// Filings by phase.
    private(set) var phases = [Int](repeating: 0, count: PhaseName.allCases.count)

    init(number: Int32, epoch: UInt64) {
        self.number = number
        self.epoch = epoch
    }

    /// Filings and notifications that hold a place in the window.
    var placesHeld: Int {
        var held = freshNotifications
        for phase in PhaseName.allCases where phase.holdsPlace { held += phases[phase.rawValue] }
        return held
    }

    var hasSomethingToWrite: Bool {
        hasMoved || !records.isEmpty || !outcomes.isEmpty || !dirty.isEmpty || hasNewsToWrite
    }

    /// The only way into a phase: it keeps the counts.
    mutating func move(_ identity: FilingIdentity, to phase: Phase, _ shared: inout Shared) {
        guard let old = filings[identity]?.phase.name else { return }
        let new = phase.name
        filings[identity]?.setPhase(phase)
        phases[old.rawValue] -= 1
        phases[new.rawValue] += 1
        shared.statistics.transitions[old.rawValue * PhaseName.allCases.count + new.rawValue] += 1
    }

    mutating func add(_ filing: Filing, as identity: FilingIdentity) {
        filings[identity] = filing
        phases[filing.phase.name.rawValue] += 1
    }

    /// The filing is to be worked on.
    mutating func open(_ identity: FilingIdentity) {
        guard filings[identity] == nil else { return }
        var filing = Filing()
        if let filed = settled.remove(identity) {
            filing.filed = filed
            filing.isWritten = true
        }
        add(filing, as: identity)
    }

    /// If nothing is left to be done about the filing, it is kept in its compact form.
    mutating func packAway(_ identity: FilingIdentity) {
        guard filings[identity]?.isAtRest == true, let filed = filings[identity]?.filed else { return }
        remove(identity)
        settled.insert(identity, filed)
    }

    mutating func remove(_ identity: FilingIdentity) {
        guard let gone = filings.removeValue(forKey: identity) else { return }
        phases[gone.phase.name.rawValue] -= 1
    }

    /// The durable state of the filing has changed: the next tick writes it.
    mutating func touch(_ identity: FilingIdentity) {
        guard filings[identity] != nil else { return }
        filings[identity]?.version += 1
        if filings[identity]?.isDirty == false {
            filings[identity]?.isDirty = true
            dirty.append(identity)
        }
    }

    func caller(_ target: CallTarget, at now: Timestamp) -> Caller {
        let failures: Int
        let due: Timestamp?
        switch target {
        case .person(let deceased):
            failures = persons[deceased]?.failures ?? 0
            due = persons[deceased]?.deadline.flatMap { $0.urgency(at: now) }
        case .filing(let identity):
            failures = filings[identity]?.failures ?? 0
            due = filings[identity]?.pendingDeadline.flatMap { $0.urgency(at: now) }
        case .following:
            failures = 0
            due = nil
        }
        return Caller(
            partition: number, epoch: epoch, target: target, turn: failures > 0 ? .retry : .first, due: due)
    }

    /// The portal is back: nobody's next call is a repetition, and no back-off goes on from where it was.
    mutating func forgiveFailures() {
        for at in persons.values.indices { persons.values[at].failures = 0 }
        for at in filings.values.indices { filings.values[at].failures = 0 }
        round?.failures = 0
    }

    func alarm(_ subject: Alarm.Subject, at: Int64) -> Alarm {
        Alarm(at: at, partition: number, epoch: epoch, subject: subject)
    }
}
