import Engine
import Estates

/// The latest of each key of a ledger partition.
struct LedgerView {
    var filings: [FilingIdentity: FilingEntry] = [:]
    var requests: [Source: OriginalRecord] = [:]
    var notifications: [Int64: NotificationEntry] = [:]
    var estates: [EstateID: FollowedEstate] = [:]
    /// As they were when following them began.
    var firstSeen: [EstateID: FollowedEstate] = [:]
    var checkpoint: FollowCheckpoint?

    mutating func apply(_ write: LedgerWrite) {
        switch write {
        case .request(let record): requests[record.source] = record
        case .forgetRequest(let source): requests[source] = nil
        case .filing(let entry): filings[entry.identity] = entry
        case .forgetFiling(let identity): filings[identity] = nil
        case .notification(let entry): notifications[entry.offset] = entry
        case .forgetNotification(let offset): notifications[offset] = nil
        case .erasure: break
        case .estate(let estate):
            estates[estate.id] = estate
            firstSeen[estate.id] = firstSeen[estate.id] ?? estate
        case .forgetEstate(let id):
            estates[id] = nil
            firstSeen[id] = nil
        case .checkpoint(let reached): checkpoint = reached
        }
    }

    /// As a driver hands it to an engine.
    func restored(_ workload: Workload, positions: [InputTopic: Int64]) -> RestoredPartition {
        var restored = RestoredPartition()
        // In order: the settled ones are forgotten in that in which they came.
        for entry in filings.values.sorted(by: { $0.identity.reference < $1.identity.reference }) {
            restored.add(entry)
        }
        for estate in estates.values.sorted(by: { $0.id.text < $1.id.text }) { restored.add(estate) }
        restored.checkpoint = checkpoint
        restored.notifications = notifications.values.sorted { $0.offset < $1.offset }
        for (source, record) in requests {
            guard let item = workload.item(source.topic, source.partition, offset: source.offset) else { continue }
            restored.requests[source] = PendingRecord(record: record, parsed: item.parsed)
        }
        restored.positions = positions
        return restored
    }
}
