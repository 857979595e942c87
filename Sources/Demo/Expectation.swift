import Engine

/// The one terminal result of a record: what the demonstration expects, or what it got.
enum Expectation: Hashable {
    case claimReply(ClaimReply.Outcome)
    case estateFound
    case deadLetter(FailureReason)

    /// As in the table.
    var name: String {
        switch self {
        case .claimReply(let outcome): outcome.rawValue
        case .estateFound: "estate-found"
        case .deadLetter(let reason): "dead letter: \(reason.category.rawValue)/\(reason.rawValue)"
        }
    }

    /// Replies before dead letters.
    var rank: Int {
        switch self {
        case .claimReply: 0
        case .estateFound: 1
        case .deadLetter: 2
        }
    }
}
