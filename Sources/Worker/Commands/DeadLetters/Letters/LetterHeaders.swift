import Kafka

/// What a dead letter's headers say of it.
struct LetterHeaders: Sendable {
    private(set) var category = "unknown"
    private(set) var reason = "unknown"
    private(set) var stage = ""
    private(set) var status: String?
    private(set) var message = ""
    private(set) var fingerprint = ""
    /// How many times in a row it has failed in this way.
    private(set) var repeats = 1
    private(set) var sourceTopic: String?
    private(set) var sourcePartition: String?
    private(set) var sourceOffset: String?
    /// The letter that a replay put back and that then became this one.
    private(set) var replayOf: LetterPlace?
    private(set) var replayID: String?
    private(set) var replayCount = 0
    private(set) var isTruncated = false
    /// The key that the value is sealed with, when we do not have it.
    private(set) var sealedWith: String?

    init(_ record: Record) {
        for header in record.headers where header.name.hasPrefix("proklama.") {
            guard let text = header.text else { continue }
            switch header.name {
            case LetterHeaderName.category: category = text
            case LetterHeaderName.reason: reason = text
            case LetterHeaderName.stage: stage = text
            case LetterHeaderName.status: status = text
            case LetterHeaderName.message: message = text
            case LetterHeaderName.fingerprint: fingerprint = text
            case LetterHeaderName.repeats: repeats = LetterHeaderName.count(text) ?? 1
            case LetterHeaderName.sourceTopic: sourceTopic = text
            case LetterHeaderName.sourcePartition: sourcePartition = text
            case LetterHeaderName.sourceOffset: sourceOffset = text
            case LetterHeaderName.replayOf: replayOf = LetterPlace(text)
            case LetterHeaderName.replayID: replayID = text
            case LetterHeaderName.replayCount: replayCount = LetterHeaderName.count(text) ?? 0
            case LetterHeaderName.truncated: isTruncated = true
            case LetterHeaderName.encrypted: sealedWith = text
            default: break
            }
        }
        if fingerprint.isEmpty {
            // Written before there were fingerprints.
            fingerprint =
                FailureFingerprint(
                    category: category, reason: reason, stage: stage, status: status, message: message
                ).text
        }
    }

    /// `estate.claim-requests 3/1204`
    var source: String { "\(sourceTopic ?? "?") \(sourcePartition ?? "?")/\(sourceOffset ?? "?")" }

    var kind: LetterKind { LetterKind(category: category, reason: reason, fingerprint: fingerprint) }

    /// Where a replay puts it back, nil when the headers do not say.
    var sourcePlace: TopicPartition? {
        guard let sourceTopic, let number = sourcePartition.flatMap({ Int32($0) }), number >= 0 else { return nil }
        return TopicPartition(sourceTopic, number)
    }
}
