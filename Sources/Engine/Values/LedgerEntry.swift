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
    /// The estate that the oldest request concerns, once it was found.
    public var estate: EstateID?
    /// What the portal has, as far as we know.
    public var filed: Filed?
    /// Attachments of the oldest request that the portal may not have yet, by their place in it. Nil until the portal has
    /// taken the request itself.
    public var missing: [Int]?
    /// Contents of a change that was given up while it may have taken effect.
    public var doubt: ContentsDigest?
    /// Changing calls that were started for the oldest request.
    public var attempts: Int
    /// Since when the portal has been failing for it.
    public var failingSince: Timestamp?
    /// When it is next tried or its estate next sought.
    public var nextAt: Timestamp?

    public init(
        identity: FilingIdentity, state: State, lease: Int64? = nil, requests: [QueuedRequest] = [],
        estate: EstateID? = nil, filed: Filed? = nil, missing: [Int]? = nil, doubt: ContentsDigest? = nil,
        attempts: Int = 0, failingSince: Timestamp? = nil, nextAt: Timestamp? = nil
    ) {
        self.identity = identity
        self.state = state
        self.lease = lease
        self.requests = requests
        self.estate = estate
        self.filed = filed
        self.missing = missing
        self.doubt = doubt
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

/// A filing that the portal has taken.
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

    public init(
        estate: EstateID, filing: FilingID, receipt: Receipt, digest: ContentsDigest, revision: Int, isWithdrawn: Bool,
        isIncomplete: Bool = false, settledAt: Timestamp? = nil, person: PersonKey? = nil
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
    }

    /// What a filing is once the portal has taken a request about it.
    init(
        _ pending: PendingRequest, in estate: EstateID, as id: FilingID, _ receipt: Receipt, after before: Filed?,
        at now: Timestamp
    ) {
        let request = pending.request
        self.init(
            estate: estate, filing: id, receipt: receipt,
            digest: request.action == .withdraw ? before?.digest ?? request.digest : request.digest,
            revision: (before?.revision ?? 0) + 1, isWithdrawn: request.action == .withdraw,
            isIncomplete: !request.attachments.isEmpty, settledAt: now, person: pending.record.person)
    }
}

/// The durable state of a death notification whose estate is not there yet.
public struct NotificationEntry: Hashable, Sendable {
    /// In death-notifications.
    public var offset: Int64
    public var acceptedAt: Timestamp
    /// Searches that found nothing.
    public var attempts: Int
    public var nextAt: Timestamp

    public init(offset: Int64, acceptedAt: Timestamp, attempts: Int, nextAt: Timestamp) {
        self.offset = offset
        self.acceptedAt = acceptedAt
        self.attempts = attempts
        self.nextAt = nextAt
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
