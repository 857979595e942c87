import Engine
import Estates
import Kafka

extension RestoredPartition {
    /// Adds what the latest record of a key says; a tombstone takes a filing away.
    mutating func add(_ key: LedgerKey, _ record: Record, _ parser: RecordParser, _ seal: Seal) throws(LedgerProblem) {
        guard let value = record.value else {
            if case .filing(let identity) = key { forget(identity) }
            return
        }
        switch key {
        case .filing(let identity):
            add(try FilingEntry(identity, json: value))
        case .notification(let offset):
            notifications.append(try NotificationEntry(offset: offset, json: value))
        case .request(let source):
            let original = try StoredRequest.record(record, source: source, seal)
            requests[source] = PendingRecord(record: original, parsed: parser.parse(original))
        case .erasure:
            break
        }
    }
}
