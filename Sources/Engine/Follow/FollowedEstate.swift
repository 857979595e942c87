import Estates

/// An estate in which we have filings, as it was when it was last seen: the durable state of following it.
public struct FollowedEstate: Hashable, Sendable {
    public let id: EstateID
    /// The record key of the request that found it: news of the estate goes out under the same.
    public let key: [UInt8]
    public var status: String?
    public var treatment: String?
    public var noticeDate: CalendarDate?
    /// When it was first seen to be closed, to the second; nil while it is not.
    public var closedAt: Timestamp?

    public init(
        id: EstateID, key: [UInt8], status: String? = nil, treatment: String? = nil, noticeDate: CalendarDate? = nil,
        closedAt: Timestamp? = nil
    ) {
        self.id = id
        self.key = key
        self.status = status
        self.treatment = treatment
        self.noticeDate = noticeDate
        self.closedAt = closedAt.map { Timestamp(milliseconds: $0.milliseconds / 1000 * 1000) }
    }

    /// An estate that has just been found.
    init(_ estate: Estate, key: [UInt8], at now: Timestamp) {
        self.init(
            id: estate.id, key: key, status: estate.status, treatment: estate.treatment,
            noticeDate: estate.plausibleNotice, closedAt: estate.isClosed ? now : nil)
    }
}

/// How far following has come in a partition.
public struct FollowCheckpoint: Hashable, Sendable {
    /// By the portal's clock: all changes before it have been published.
    public let since: Timestamp
    /// By the worker's clock, when the round began that led to it.
    public let at: Timestamp

    public init(since: Timestamp, at: Timestamp) {
        self.since = since
        self.at = at
    }
}

extension Estate {
    /// The date of its notice, if it is one that can be kept: a placeholder such as 9999-12-31 would be news for ever.
    var plausibleNotice: CalendarDate? { noticeDate.flatMap { DeadlineWatch(notice: $0)?.notice } }
}
