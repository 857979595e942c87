import Kafka

/// A dead letter on its way into a transaction.
struct PreparedLetter: Sendable {
    let place: LetterPlace
    /// What is put back; nil when the letter is discarded.
    let record: OutgoingRecord?
    let headers: LetterHeaders
    let at: String
    /// What had been done about it before.
    let before: AuditEntry?

    /// Roughly, in bytes.
    var size: Int {
        guard let record else { return 500 }
        let headers = record.headers.reduce(0) { $0 + $1.name.utf8.count + ($1.value?.count ?? 0) }
        return 1000 + (record.key?.count ?? 0) + (record.value?.count ?? 0) + headers
    }

    /// - Parameter target: where it was put.
    func entry(_ target: PartitionOffset?, run: RunIdentity, edits: [String]) -> AuditEntry {
        let event = AuditEvent(
            state: record == nil ? .discarded : .replayed, run: run.id, by: run.by, at: at, note: run.note,
            category: headers.category, reason: headers.reason, fingerprint: headers.fingerprint,
            count: record == nil ? nil : headers.replayCount + 1,
            target: target.map {
                AuditEvent.Target(
                    topic: $0.topicPartition.topic, partition: $0.topicPartition.partition,
                    offset: $0.offset.number ?? -1)
            }, edits: record == nil ? [] : edits)
        return AuditEntry(event, after: before)
    }
}
