import Engine

/// The topics of one installation.
public struct TopicNames: Hashable, Sendable {
    public var deathNotifications: String
    public var claimRequests: String
    public var estateReplies: String
    public var claimReplies: String
    public var estateUpdates: String
    public var deadLetters: String
    public var deadLettersAudit: String
    public var ledger: String

    init(_ name: (TopicRole) -> String) {
        deathNotifications = name(.deathNotifications)
        claimRequests = name(.claimRequests)
        estateReplies = name(.estateReplies)
        claimReplies = name(.claimReplies)
        estateUpdates = name(.estateUpdates)
        deadLetters = name(.deadLetters)
        deadLettersAudit = name(.deadLettersAudit)
        ledger = name(.ledger)
    }

    /// All of them.
    public var all: [String] { TopicRole.allCases.map { $0.name(in: self) } }

    public func name(of input: InputTopic) -> String {
        switch input {
        case .claimRequests: claimRequests
        case .deathNotifications: deathNotifications
        }
    }

    public func input(named name: String) -> InputTopic? {
        if name == claimRequests { return .claimRequests }
        return name == deathNotifications ? .deathNotifications : nil
    }
}
