import Engine
import Estates
import Kafka

/// The headers of a dead letter: the original ones, untouched, and ours, which replace those of an earlier round.
struct DeadLetterHeaders {
    static let prefix = "proklama."
    static let firstAt = "proklama.error.first-at"
    static let attempts = "proklama.error.attempts"
    /// The letter was too large for its topic, and lacks the original's value of so many bytes.
    static let truncated = "proklama.error.truncated"

    let headers: [Header]

    init(_ letter: DeadLetter, _ encoder: OutcomeEncoder) {
        let record = letter.record
        let failure = letter.failure
        var headers: [Header] = []
        var earlierFirstAt: [UInt8]?
        var earlierAttempts = 0
        for header in record.headers {
            if DeadLetterHeaders.isReplaced(header.name) {
                if header.name == DeadLetterHeaders.firstAt { earlierFirstAt = header.value }
                if header.name == DeadLetterHeaders.attempts, let value = header.value {
                    earlierAttempts = Int(String(decoding: value, as: UTF8.self)) ?? 0
                }
            } else {
                headers.append(Header(header.name, header.value))
            }
        }
        let at = letter.at.description
        headers.append(Header("proklama.error.category", text: failure.reason.category.rawValue))
        headers.append(Header("proklama.error.reason", text: failure.reason.rawValue))
        headers.append(Header("proklama.error.message", text: DeadLetterHeaders.bounded(failure.message)))
        headers.append(Header("proklama.error.stage", text: failure.stage.rawValue))
        if let status = failure.status {
            headers.append(Header("proklama.error.http-status", text: String(status)))
        }
        headers.append(Header("proklama.error.at", text: at))
        headers.append(Header(DeadLetterHeaders.firstAt, earlierFirstAt ?? Array(at.utf8)))
        headers.append(Header(DeadLetterHeaders.attempts, text: String(earlierAttempts + letter.attempts)))
        headers.append(Header("proklama.source.topic", text: encoder.topics.name(of: record.source.topic)))
        headers.append(Header("proklama.source.partition", text: String(record.source.partition)))
        headers.append(Header("proklama.source.offset", text: String(record.source.offset)))
        headers.append(Header("proklama.source.timestamp", text: String(record.timestamp)))
        headers.append(Header("proklama.source.group", text: encoder.groupID))
        headers.append(Header("proklama.worker", text: encoder.worker))
        headers.append(Header("proklama.version", text: ProductVersion.text))
        self.headers = headers
    }

    /// Our own headers are written anew each time; those of a replay stay, since they tell the letter's history.
    private static func isReplaced(_ name: String) -> Bool {
        name.hasPrefix("proklama.error.") || name.hasPrefix("proklama.source.") || name == "proklama.worker"
            || name == "proklama.version"
    }

    /// At most 500 characters.
    private static func bounded(_ message: String) -> String { String(message.prefix(500)) }
}
