/// Why a request ends in the dead-letter topic.
public struct Failure: Error, Hashable, Sendable {
    public let reason: FailureReason
    public let stage: FailureStage
    /// For people; never holds a CPR number, a token, a key or a body.
    public let message: String
    /// Of the portal's last answer, when there was one.
    public let status: Int?

    public init(_ reason: FailureReason, stage: FailureStage, message: String, status: Int? = nil) {
        self.reason = reason
        self.stage = stage
        self.message = message
        self.status = status
    }
}

/// How far the request had come.
public enum FailureStage: String, Sendable, CaseIterable {
    case parse, estate, send, settle
    /// The filing is there, and not all of its attachments.
    case attach
}

/// Whose fault it is, which tells who can mend it.
public enum FailureCategory: String, Sendable, CaseIterable {
    /// Our credential is wrong.
    case certificate
    /// We talk to the wrong place, or it is not there.
    case environment
    /// The request itself cannot be filed.
    case validation
}
