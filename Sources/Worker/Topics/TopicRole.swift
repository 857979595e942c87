/// What a topic is for.
enum TopicRole: String, CaseIterable, Sendable {
    case claimRequests = "claim-requests"
    case deathNotifications = "death-notifications"
    case ledger
    case claimReplies = "claim-replies"
    case estateReplies = "estate-replies"
    case estateUpdates = "estate-updates"
    case deadLetters = "dead-letters"
    case deadLettersAudit = "dead-letters-audit"

    func name(in topics: TopicNames) -> String {
        switch self {
        case .claimRequests: topics.claimRequests
        case .deathNotifications: topics.deathNotifications
        case .ledger: topics.ledger
        case .claimReplies: topics.claimReplies
        case .estateReplies: topics.estateReplies
        case .estateUpdates: topics.estateUpdates
        case .deadLetters: topics.deadLetters
        case .deadLettersAudit: topics.deadLettersAudit
        }
    }

    /// Where its name is set.
    var setting: SettingKey {
        switch self {
        case .claimRequests: .claimRequestsTopic
        case .deathNotifications: .deathNotificationsTopic
        case .ledger: .ledgerTopic
        case .claimReplies: .claimRepliesTopic
        case .estateReplies: .estateRepliesTopic
        case .estateUpdates: .estateUpdatesTopic
        case .deadLetters: .deadLettersTopic
        case .deadLettersAudit: .deadLettersAuditTopic
        }
    }

    var isInput: Bool {
        switch self {
        case .claimRequests, .deathNotifications: true
        case .ledger, .claimReplies, .estateReplies, .estateUpdates, .deadLetters, .deadLettersAudit: false
        }
    }

    /// Whether it must have as many partitions as the others of this kind: whoever owns a partition of the inputs owns
    /// the same one of the ledger.
    var isCoPartitioned: Bool { isInput || self == .ledger }

    /// Whether only the newest record of a key counts. Everywhere else the key is the deceased's, and compaction would
    /// throw away all but one of a person's records.
    var isCompacted: Bool {
        switch self {
        case .ledger, .deadLettersAudit: true
        case .claimRequests, .deathNotifications, .claimReplies, .estateReplies, .estateUpdates, .deadLetters: false
        }
    }

    /// Whether whole input records are written to it, with headers of ours in addition.
    var holdsInputRecords: Bool { self == .ledger || self == .deadLetters }
}
