import Estates

/// An order to remove a person from the ledger: whoever the order's record key names. It comes through the claim requests,
/// so whoever owns the person's partition carries it out, after all requests that stand before it.
public struct ErasureOrder: Hashable, Sendable {
    /// The sender's own name for the order.
    public let id: String
    /// Who gave it: `user@host`.
    public let by: String
    /// Why, in their words.
    public let note: String?
    /// What the record of the erasure keeps of the person: so little of a digest of the record key that thousands share it.
    public let mark: String

    public init(id: String, by: String, note: String?, mark: String) {
        self.id = id
        self.by = by
        self.note = note
        self.mark = mark
    }
}

/// What became of an order to erase: the one answer to it, which stays in the ledger and names nobody.
public struct Erasure: Hashable, Sendable {
    public enum Result: Hashable, Sendable {
        /// So many settled filings were forgotten; none when nothing was known of the person.
        case erased(filings: Int)
        /// Nothing was touched, since something of the person is not finished.
        case refused(UnfinishedWork)
    }

    /// The order's offset in claim-requests.
    public let offset: Int64
    public let order: ErasureOrder
    public let result: Result
    public let at: Timestamp

    public init(offset: Int64, order: ErasureOrder, result: Result, at: Timestamp) {
        self.offset = offset
        self.order = order
        self.result = result
        self.at = at
    }
}

/// What of a person stands in the way of an erasure.
public struct UnfinishedWork: Hashable, Sendable {
    /// Claim requests that have no answer yet.
    public var requests: Int
    /// Death notifications that have no answer yet.
    public var notifications: Int
    /// Filings of which nobody knows whether the portal has them: their dead letter is to be replayed, which looks them up.
    public var inDoubt: Int

    public init(requests: Int = 0, notifications: Int = 0, inDoubt: Int = 0) {
        self.requests = requests
        self.notifications = notifications
        self.inDoubt = inDoubt
    }

    public var isNone: Bool { requests == 0 && notifications == 0 && inDoubt == 0 }
}
