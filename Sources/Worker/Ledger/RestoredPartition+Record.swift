import Engine
import Estates
import Kafka

extension RestoredPartition {
    /// Adds what the latest record of a key says; a tombstone takes a filing or an estate away.
    mutating func add(_ key: LedgerKey, _ record: Record, _ parser: RecordParser, _ seal: Seal) throws(LedgerProblem) {
        guard let value = record.value else {
            switch key {
            case .filing(let identity): forget(identity)
            case .estate(let id): forget(id)
            case .request, .notification, .checkpoint, .erasure: break
            }
            return
        }
        switch key {
        case .filing(let identity):
            add(try FilingEntry(identity, json: value))
        case .estate(let id):
            add(try FollowedEstate(id, json: value, headers: record.headers))
        case .checkpoint:
            checkpoint = try FollowCheckpoint(json: value)
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
