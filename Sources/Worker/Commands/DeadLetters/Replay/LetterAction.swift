import Kafka

/// What is to be done about the letters.
enum LetterAction: Sendable {
    case replay(ReplayChanges)
    case discard

    /// For "3 dead letters …".
    var done: String {
        switch self {
        case .replay: "replayed"
        case .discard: "discarded"
        }
    }

    var imperative: String {
        switch self {
        case .replay: "replay"
        case .discard: "discard"
        }
    }
}

/// How the records that are put back differ from what they were.
struct ReplayChanges: Sendable {
    /// Instead of the topic that each came from; partitions follow from the keys then.
    var topic: String?
    var headers: [(name: String, value: String)] = []

    /// For the audit: what a header says may concern a person.
    var described: [String] {
        (topic.map { ["to-topic \($0)"] } ?? []) + headers.map { PersonalData.masked("\($0.name)=\($0.value)") }
    }
}
