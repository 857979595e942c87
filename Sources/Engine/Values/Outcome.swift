import Estates

/// What became of a claim request that did not fail.
public struct ClaimReply: Hashable, Sendable {
    public enum Outcome: String, Sendable, CaseIterable {
        case filed
        case alreadyFiled = "already-filed"
        case amended
        case withdrawn
        /// It was not sent, and is not going to be; or it withdraws what was not sent.
        case cancelled
        // In a shadow, which sends nothing:
        case wouldFile = "would-file"
        case wouldAmend = "would-amend"
        case wouldWithdraw = "would-withdraw"

        /// What a shadow says instead, of what it has not sent.
        var rehearsed: Outcome {
            switch self {
            case .filed: .wouldFile
            case .amended: .wouldAmend
            case .withdrawn: .wouldWithdraw
            case .alreadyFiled, .cancelled, .wouldFile, .wouldAmend, .wouldWithdraw: self
            }
        }
    }

    public let record: OriginalRecord
    public let request: ClaimRequest
    public let outcome: Outcome
    /// How the filing stands; nil when the portal has nothing of it.
    public let filed: Filed?
    /// When the notice to the estate's creditors was published, as far as it is known; of a claim only.
    public let notice: CalendarDate?
    /// Changing calls that were started for this request.
    public let attempts: Int
    public let settledAt: Timestamp
}

/// What became of a death notification that did not fail.
public struct EstateReply: Hashable, Sendable {
    public enum Outcome: Hashable, Sendable {
        case estateFound(Estate)
        /// The news was wrong. What has been filed for the person is to be withdrawn by whoever asked for it.
        case withdrawn([FilingToWithdraw])
    }

    public let record: OriginalRecord
    public let notification: DeathNotification
    public let outcome: Outcome
    public let settledAt: Timestamp

    package init(record: OriginalRecord, notification: DeathNotification, outcome: Outcome, settledAt: Timestamp) {
        self.record = record
        self.notification = notification
        self.outcome = outcome
        self.settledAt = settledAt
    }
}

/// A request that could not be done.
public struct DeadLetter: Hashable, Sendable {
    public let record: OriginalRecord
    public let failure: Failure
    public let at: Timestamp
    public let attempts: Int
    /// What the portal has of it all the same, when only an attachment failed.
    public internal(set) var filed: Filed?
}

/// The one terminal result of a request.
public enum Outcome: Hashable, Sendable {
    case claimReply(ClaimReply)
    case estateReply(EstateReply)
    case deadLetter(DeadLetter)

    public var record: OriginalRecord {
        switch self {
        case .claimReply(let reply): reply.record
        case .estateReply(let reply): reply.record
        case .deadLetter(let letter): letter.record
        }
    }
}
