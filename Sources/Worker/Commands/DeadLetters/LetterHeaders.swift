import Kafka

/// What a dead letter's headers say of it.
struct LetterHeaders: Sendable {
    let category: String
    let reason: String
    let sourceTopic: String?
    let sourcePartition: String?
    let sourceOffset: String?

    init(_ record: Record) {
        func text(_ name: String) -> String? { record.header(name).map { String(decoding: $0, as: UTF8.self) } }
        category = text("proklama.error.category") ?? "unknown"
        reason = text("proklama.error.reason") ?? "unknown"
        sourceTopic = text("proklama.source.topic")
        sourcePartition = text("proklama.source.partition")
        sourceOffset = text("proklama.source.offset")
    }

    /// `estate.claim-requests 3/1204`
    var source: String { "\(sourceTopic ?? "?") \(sourcePartition ?? "?")/\(sourceOffset ?? "?")" }
}
