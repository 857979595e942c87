import Estates

/// A filing in memory: what is durable about it, and how far its oldest request has come.
struct Filing {
    private(set) var phase = Phase.settled
    /// Oldest first; the oldest is the one being worked on.
    var requests = RequestQueue()
    /// How many stand behind the oldest that go out with it, as one change: see `Partition.combine`.
    var joined = 0
    var filed: Filed?
    /// Attachments of the oldest request that the portal may not have yet, by their place in it. Nil until the portal has
    /// taken the request itself.
    var missing: [Int]?
    /// Contents of a change that was given up while it may have taken effect: it is looked up before the next request.
    var doubt: ContentsDigest?
    /// The estate that the oldest request concerns, once it was found.
    var estate: EstateID?
    /// Until when a claim must be filed that is not, once its estate was found and says so. It is kept when the claim was
    /// refused, since that may be mended.
    var deadline: DeadlineWatch?
    /// Whom the last request concerned that was given up. When it has left a doubt or a deadline, nothing else may tell.
    var givenUpFor: PersonKey?
    /// Changing calls started for the oldest request.
    var attempts = 0
    /// Failures of its calls in a row; decides the next back-off.
    var failures = 0
    /// Calls in a row that were answered with something odd.
    var oddAnswers = 0
    var failingSince: Timestamp?
    var nextAt: Timestamp?
    /// Whether the oldest request was ever in doubt, by this owner or one before it.
    var wasInDoubt = false
    /// Whether the portal has said of the next attachment that it is there already.
    var wasCalledThere = false
    /// The same, and remembered until it has its answer, by other owners too.
    var wasEverInDoubt = false

    /// Whether the portal has been asked what it has under the reference.
    var isLookedUp = false

    /// How much longer than another's the lease of the intent is: an upload takes its time.
    var uploadTime: Int64 = 0
    /// The lease of an owner before us, when it may have a call running: our own may be shorter.
    var inheritedLease: Int64?

    /// Counts the changes of the durable state.
    var version: UInt32 = 0
    /// The newest version that is in the ledger.
    var committedVersion: UInt32 = 0
    /// The version that is the intent of the phase: until it is committed, no changing call may start.
    var intentVersion: UInt32 = 0
    /// Whether it stands in the list of what the next tick writes.
    var isDirty = false
    /// Whether the ledger may have an entry of it, which must be removed when nothing is left.
    var isWritten = false

    /// Nothing is pending, known, or in doubt.
    var isNothing: Bool { requests.isEmpty && filed == nil && doubt == nil && deadline == nil }

    /// Whether something is remembered of a request that ended without being filed.
    var isGivenUp: Bool { doubt != nil || deadline != nil }

    /// Nothing is pending or in doubt, and all that is known stands in the ledger: it can be packed away.
    var isAtRest: Bool {
        phase == .settled && requests.isEmpty && doubt == nil && filed != nil && deadline == nil && !isDirty
            && committedVersion == version
    }

    /// The oldest requests have their result: what concerned them alone is over.
    mutating func endOldest(_ count: Int, failingSince next: Timestamp?) {
        for _ in 0..<count { requests.removeFirst() }
        joined = 0
        estate = nil
        attempts = 0
        failures = 0
        oddAnswers = 0
        failingSince = next
        nextAt = nil
        wasInDoubt = false
        wasCalledThere = false
        missing = nil
        uploadTime = 0
        wasEverInDoubt = false
        inheritedLease = nil
        // The next may say what this one did not.
        if filed?.hasUnknownContents == true { isLookedUp = false }
    }

    /// The state that the next tick writes is an intent.
    mutating func noteIntent() { intentVersion = version }

    /// Only for `Partition.move`, which keeps the counts.
    mutating func setPhase(_ phase: Phase) { self.phase = phase }
}

/// A request that has no terminal result yet.
struct PendingRequest {
    let record: OriginalRecord
    let request: ClaimRequest
    let acceptedAt: Timestamp
    /// Whether the ledger has its contents, or gets them with the next tick.
    var isStored: Bool
    /// It is not to be sent any more, unless that has happened.
    var isCancelled = false
}

/// How far a filing's oldest request has come. Times are on the monotonic clock.
enum Phase: Hashable {
    /// There is none, or it has not been begun.
    case settled
    /// The intent is written or being written; the estate is being sought.
    case seeking(leaseEnd: Int64)
    /// The estate is known; it waits for the intent's commit and for a free call.
    case ready(leaseEnd: Int64)
    /// Surely not sent, and nothing is known of it; the look-up before the first sending waits for a free call.
    case adoptReady
    /// Surely not sent; that look-up is under way.
    case adopting(CallTicket)
    /// The changing call is under way.
    case sending(CallTicket, leaseEnd: Int64)
    /// Surely not sent; its person waits for the estate.
    case waitingForEstate
    /// Surely not sent; the search failed and will be made again.
    case waitingForSearch
    /// Surely not sent; the call failed and will be made again.
    case waitingToSend(at: Int64)
    /// The portal has taken it; the next attachment waits for the intent's commit and for a free call.
    case attachReady(leaseEnd: Int64)
    /// The upload of an attachment is under way.
    case attaching(CallTicket, leaseEnd: Int64)
    /// The portal has taken it, and no upload is under way; which attachments are there is looked up then.
    case waitingToAttach(at: Int64)
    /// It, or an attachment, may have taken effect; it is looked up then.
    case uncertain(at: Int64)
    /// May have taken effect; the estate must be sought for the look-up.
    case uncertainSeeking
    /// May have taken effect; there is no estate (any more) in which to look it up, and its person waits for one.
    case uncertainWithoutEstate
    /// May have taken effect; the look-up waits for a free call.
    case uncertainReady
    /// The look-up is under way.
    case lookingUp(CallTicket)

    var name: PhaseName {
        switch self {
        case .settled: .settled
        case .seeking: .seeking
        case .ready: .ready
        case .adoptReady: .adoptReady
        case .adopting: .adopting
        case .sending: .sending
        case .waitingForEstate: .waitingForEstate
        case .waitingForSearch: .waitingForSearch
        case .waitingToSend: .waitingToSend
        case .attachReady: .attachReady
        case .attaching: .attaching
        case .waitingToAttach: .waitingToAttach
        case .uncertain: .uncertain
        case .uncertainSeeking: .uncertainSeeking
        case .uncertainWithoutEstate: .uncertainWithoutEstate
        case .uncertainReady: .uncertainReady
        case .lookingUp: .lookingUp
        }
    }
}

/// A phase without its particulars, for counting.
public enum PhaseName: Int, Sendable, CaseIterable, Hashable {
    case settled
    case seeking
    case ready
    case adoptReady
    case adopting
    case sending
    case waitingForEstate
    case waitingForSearch
    case waitingToSend
    case attachReady
    case attaching
    case waitingToAttach
    case uncertain
    case uncertainSeeking
    case uncertainWithoutEstate
    case uncertainReady
    case lookingUp

    /// Whether a filing in it holds a place in the window: it is being worked on, or would be if the portal let us.
    /// One that waits for its estate does so for weeks and holds none.
    var holdsPlace: Bool { self != .settled && self != .waitingForEstate && self != .uncertainWithoutEstate }

    /// How the ledger describes it.
    var ledgerState: FilingEntry.State {
        switch self {
        case .settled: .settled
        case .seeking, .ready, .sending: .sending
        case .adoptReady, .adopting, .waitingForEstate, .waitingForSearch, .waitingToSend, .waitingToAttach: .waiting
        case .attachReady, .attaching: .attaching
        case .uncertain, .uncertainSeeking, .uncertainWithoutEstate, .uncertainReady, .lookingUp: .uncertain
        }
    }
}
