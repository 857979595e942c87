import Estates

/// The durable state of one filing, as the ledger has it.
public struct FilingEntry: Hashable, Sendable {
    public enum State: String, Sendable, CaseIterable {
        /// Nothing is pending.
        case settled
        /// The oldest request was surely not sent.
        case waiting
        /// The oldest request may be sent from now on, for as long as the lease lasts.
        case sending
        /// The portal has taken the oldest request; the next of its attachments may be sent from now on, for as long as the
        /// lease lasts.
        case attaching
        /// The oldest request, or one given up before it, may have taken effect: it is looked up before anything else.
        case uncertain
    }

    public var identity: FilingIdentity
    public var state: State
    /// Milliseconds for which a call of an intent may be started and run.
    public var lease: Int64?
    /// The pending requests, oldest first.
    public var requests: [QueuedRequest]
    /// How many of them go out with the oldest, as one change.
    public var joined: Int
    /// The estate that the oldest request concerns, once it was found.
    public var estate: EstateID?
    /// Until when a claim must be filed that is not: one that is pending, or that was given up.
    public var deadline: DeadlineWatch?
    /// What the portal has, as far as we know.
    public var filed: Filed?
    /// Attachments of the oldest request that the portal may not have yet, by their place in it. Nil until the portal has
    /// taken the request itself.
    public var missing: [Int]?
    /// Contents of a change that was given up while it may have taken effect.
    public var doubt: ContentsDigest?
    /// Whom a request concerned that was given up and has left a doubt or a deadline: nothing else may tell. Nil in entries
    /// from before this was kept.
    public var givenUpFor: PersonKey?
    /// Whether the oldest request has ever been in doubt: then nothing joins or cancels it any more.
    public var wasEverInDoubt: Bool
    /// Changing calls that were started for the oldest request.
    public var attempts: Int
    /// Since when the portal has been failing for it.
    public var failingSince: Timestamp?
    /// When it is next tried or its estate next sought.
    public var nextAt: Timestamp?

    public init(
        identity: FilingIdentity, state: State, lease: Int64? = nil, requests: [QueuedRequest] = [], joined: Int = 0,
        estate: EstateID? = nil, deadline: DeadlineWatch? = nil, filed: Filed? = nil, missing: [Int]? = nil,
        doubt: ContentsDigest? = nil, givenUpFor: PersonKey? = nil, wasEverInDoubt: Bool = false,
        attempts: Int = 0, failingSince: Timestamp? = nil, nextAt: Timestamp? = nil
    ) {
        self.identity = identity
        self.state = state
        self.lease = lease
        self.requests = requests
        self.joined = joined
        self.estate = estate
        self.deadline = deadline
        self.filed = filed
        self.missing = missing
        self.doubt = doubt
        self.givenUpFor = givenUpFor
        self.wasEverInDoubt = wasEverInDoubt
        self.attempts = attempts
        self.failingSince = failingSince
        self.nextAt = nextAt
    }
}

/// A pending request by its place in claim-requests.
public struct QueuedRequest: Hashable, Sendable {
    public let offset: Int64
    public let acceptedAt: Timestamp
    /// It is not to be sent any more, unless that has happened.
    public let isCancelled: Bool

    public init(offset: Int64, acceptedAt: Timestamp, isCancelled: Bool = false) {
        self.offset = offset
        self.acceptedAt = acceptedAt
        self.isCancelled = isCancelled
    }
}

/// A filing that the portal has taken, or one that was cancelled before it was sent: that has revision 0.
///
/// It is the end of a chain of revisions, of which the first receipt and the latest are kept: the first interrupted the
/// deadline, the latest tells what is filed.
public struct Filed: Hashable, Sendable {
    public var estate: EstateID
    public var filing: FilingID
    /// Of the last change.
    public var receipt: Receipt
    public var digest: ContentsDigest
    /// Counts the changes that took effect, from 1.
    public var revision: Int
    public var isWithdrawn: Bool
    /// Whether attachments that belong to it may not be there.
    public var isIncomplete: Bool
    /// When the last change took effect, as far as we know; nil in entries from before this was kept.
    public var settledAt: Timestamp?
    /// Whom it concerns; nil in entries from before this was kept.
    public var person: PersonKey?
    /// Of the submission, if there have been changes since.
    public var first: Receipt?
    /// Whether it is a claim with an estimate, of which the final amount is due.
    public var isPreliminary: Bool
    /// Until when that is due, when the estate has said so.
    public var finalDeadline: DeadlineWatch?
    /// As it was last seen; nil while it is that of a filing which was just taken.
    public var status: String?

    public init(
        estate: EstateID, filing: FilingID, receipt: Receipt, digest: ContentsDigest, revision: Int, isWithdrawn: Bool,
        isIncomplete: Bool = false, settledAt: Timestamp? = nil, person: PersonKey? = nil, first: Receipt? = nil,
        isPreliminary: Bool = false, finalDeadline: DeadlineWatch? = nil, status: String? = nil
    ) {
        self.estate = estate
        self.filing = filing
        self.receipt = receipt
        self.digest = digest
        self.revision = revision
        self.isWithdrawn = isWithdrawn
        self.isIncomplete = isIncomplete
        self.settledAt = settledAt
        self.person = person
        self.first = first
        self.isPreliminary = isPreliminary
        self.finalDeadline = finalDeadline
        self.status = status
    }

    /// A filing of which nothing was sent before it was withdrawn.
    init(cancelled pending: PendingRequest, at now: Timestamp) {
        self.init(
            estate: EstateID(""), filing: FilingID(""), receipt: Receipt(id: "", receivedAt: ""),
            digest: pending.request.digest, revision: 0, isWithdrawn: true, settledAt: now,
            person: pending.record.person)
    }

    /// Whether nothing of it ever reached the portal.
    var isCancelled: Bool { revision == 0 }

    /// Whether its last change was rehearsed in a shadow: the portal has none, and so there is no receipt.
    public var isRehearsed: Bool { !isCancelled && receipt.id.isEmpty }

    /// Whether it was found at the portal with contents that no request had.
    var hasUnknownContents: Bool { digest == .unknown }

    /// Where its changes go. One that was withdrawn may be submitted again in another estate, if the first was the wrong
    /// person's.
    var knownEstate: EstateID? { isWithdrawn ? nil : estate }

    /// The receipt that a change which has just been found leaves as the first.
    func first(of id: FilingID) -> Receipt? { id == filing ? first ?? receipt : nil }

    /// The status that a change which has just been found leaves as it was last seen.
    func status(of id: FilingID) -> String? { id == filing ? status : nil }
}

extension Filing {
    /// What the filing is once the portal has taken its oldest requests.
    func filed(in estate: EstateID, as id: FilingID, _ receipt: Receipt, at now: Timestamp) -> Filed {
        guard let head = requests.first, let newest else { preconditionFailure("a request was taken") }
        let isWithdrawn = head.request.action == .withdraw
        let isPreliminary = !isWithdrawn && newest.request.contents?.isPreliminary == true
        let noticed = deadline.flatMap { DeadlineWatch(notice: $0.notice) }
        return Filed(
            estate: estate, filing: id, receipt: receipt,
            digest: isWithdrawn ? filed?.digest ?? newest.request.digest : newest.request.digest,
            revision: (filed?.revision ?? 0) + 1, isWithdrawn: isWithdrawn,
            isIncomplete: !newest.request.attachments.isEmpty, settledAt: now, person: newest.record.person,
            first: head.request.action == .submit ? nil : filed?.first(of: id), isPreliminary: isPreliminary,
            finalDeadline: isPreliminary ? (isFiled ? filed?.finalDeadline : nil) ?? noticed : nil,
            status: filed?.status(of: id))
    }

    /// What the filing would be if its oldest requests had been sent. What was filed by hand keeps its number at the portal.
    func rehearsed(in estate: EstateID, at now: Timestamp) -> Filed {
        let known = requests.first?.request.action == .submit ? nil : filed?.filing
        var rehearsed = filed(in: estate, as: known ?? FilingID(""), Receipt(id: "", receivedAt: ""), at: now)
        rehearsed.isIncomplete = false
        if rehearsed.first?.id.isEmpty == true { rehearsed.first = nil }
        return rehearsed
    }
}

/// The durable state of a death notification whose estate is not there yet, or that has its answer and tells of a changed
/// number by which somebody still goes.
public struct NotificationEntry: Hashable, Sendable {
    /// In death-notifications.
    public var offset: Int64
    public var acceptedAt: Timestamp
    /// Searches that found nothing.
    public var attempts: Int
    public var nextAt: Timestamp
    /// Whether it has its answer.
    public var isAnswered: Bool

    public init(offset: Int64, acceptedAt: Timestamp, attempts: Int, nextAt: Timestamp, isAnswered: Bool = false) {
        self.offset = offset
        self.acceptedAt = acceptedAt
        self.attempts = attempts
        self.nextAt = nextAt
        self.isAnswered = isAnswered
    }
}

/// One record that a transaction writes to the ledger. Contents and state are separate records: the contents may be
/// megabytes and are written once, the state is rewritten as the filing moves on.
public enum LedgerWrite: Hashable, Sendable {
    case request(OriginalRecord)
    case forgetRequest(Source)
    case filing(FilingEntry)
    case forgetFiling(FilingIdentity)
    case notification(NotificationEntry)
    case forgetNotification(offset: Int64)
    case erasure(Erasure)
    case estate(FollowedEstate)
    case forgetEstate(EstateID)
    case checkpoint(FollowCheckpoint)
}

/// A request record with what it says.
public struct PendingRecord: Hashable, Sendable {
    public let record: OriginalRecord
    public let parsed: ParsedRecord

    public init(record: OriginalRecord, parsed: ParsedRecord) {
        self.record = record
        self.parsed = parsed
    }
}
