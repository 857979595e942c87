import Estates

/// News of an estate in which we have filings: what one change was, and how things stand after it.
public struct EstateUpdate: Hashable, Sendable {
    public enum Change: String, Hashable, Sendable, CaseIterable {
        /// The notice to creditors was published, or its date is another one.
        case noticePublished = "notice-published"
        /// How the estate is treated was decided, or decided otherwise.
        case treatmentChanged = "treatment-changed"
        /// The court is done with the estate.
        case estateClosed = "estate-closed"
        /// Any other change of the estate's status.
        case statusChanged = "status-changed"
        /// The status of one of our filings, though we did nothing to it.
        case filingStatusChanged = "filing-status-changed"
    }

    /// The filing that a change is about.
    public struct Subject: Hashable, Sendable {
        public let identity: FilingIdentity
        public let id: FilingID

        package init(identity: FilingIdentity, id: FilingID) {
            self.identity = identity
            self.id = id
        }
    }

    /// Of the record.
    public let key: [UInt8]
    public let estate: EstateID
    public let change: Change
    /// What was last seen, in the portal's words; nil when that was nothing.
    public let before: String?
    public let after: String
    public let court: Court?
    public let noticeDate: CalendarDate?
    /// A day on which the estate was not yet seen to be insolvent, when this says that it is: the weeks within which a
    /// preferential position may be claimed (§ 82) did not begin before it.
    public let insolventSince: CalendarDate?
    public let filing: Subject?
    public let seenAt: Timestamp

    package init(
        key: [UInt8], estate: EstateID, change: Change, before: String?, after: String, court: Court? = nil,
        noticeDate: CalendarDate? = nil, insolventSince: CalendarDate? = nil, filing: Subject? = nil, seenAt: Timestamp
    ) {
        self.key = key
        self.estate = estate
        self.change = change
        self.before = before
        self.after = after
        self.court = court
        self.noticeDate = noticeDate
        self.insolventSince = insolventSince
        self.filing = filing
        self.seenAt = seenAt
    }
}
