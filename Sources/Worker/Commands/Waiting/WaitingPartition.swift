import Engine
import Estates
import Kafka

/// What one partition of the ledger says of those who wait, record by record; of each key the latest counts. What is
/// settled is forgotten, so it takes no more memory than those who wait. Contents are not looked at: they may be sealed.
struct WaitingPartition {
    private struct FilingNote {
        let kind: WaitingKind
        /// Of the oldest request.
        let offset: Int64
        let since: Int64
        let requests: Int
        let nextAt: Int64?
    }

    /// The record key under which something pending was produced, and when the ledger got it.
    private struct Contents {
        let key: [UInt8]
        let storedAt: Int64
    }

    private var filings: [FilingIdentity: FilingNote] = [:]
    private var schedules: [Int64: NotificationEntry] = [:]
    private var requests: [Int64: Contents] = [:]
    private var notifications: [Int64: Contents] = [:]

    mutating func add(_ record: Record) throws(LedgerProblem) {
        guard let key = record.key.flatMap({ LedgerKey($0, partition: record.partition) }) else { return }
        switch key {
        case .filing(let identity):
            filings[identity] = nil
            guard let value = record.value else { return }
            let entry = try FilingEntry(identity, json: value)
            guard let kind = WaitingKind(entry), let oldest = entry.requests.first else { return }
            filings[identity] = FilingNote(
                kind: kind, offset: oldest.offset, since: oldest.acceptedAt.milliseconds,
                requests: entry.requests.count, nextAt: entry.nextAt?.milliseconds)
        case .notification(let offset):
            schedules[offset] = try record.value.map { (value) throws(LedgerProblem) in
                try NotificationEntry(offset: offset, json: value)
            }
        case .request(let source):
            let contents = record.value.map { _ in
                Contents(key: StoredRequest.key(of: record) ?? [], storedAt: record.timestamp)
            }
            switch source.topic {
            case .claimRequests: requests[source.offset] = contents
            case .deathNotifications: notifications[source.offset] = contents
            }
        case .erasure, .estate, .checkpoint:
            return
        }
    }

    /// Those who wait, by record key, the one who has waited longest first.
    func persons(_ partition: Int32, _ filter: WaitingFilter, horizon: Int64, now: Int64) -> [WaitingPerson] {
        var persons: [[UInt8]: WaitingPerson] = [:]
        func person(_ key: [UInt8]) -> WaitingPerson {
            persons[key]
                ?? WaitingPerson(key: String(decoding: key, as: UTF8.self), partition: partition, horizon: horizon)
        }
        for (identity, note) in filings
        where filter.takes(note.kind, since: note.since) && filter.takes(reference: identity.reference) {
            let key = requests[note.offset]?.key ?? []
            var row = person(key)
            row.add(note.kind, requests: note.requests, since: note.since, nextAt: note.nextAt)
            persons[key] = row
        }
        for (offset, contents) in notifications where schedules[offset]?.isAnswered != true {
            let schedule = schedules[offset]
            let kind = schedule == nil ? WaitingKind.underWay : .estate
            let since = schedule?.acceptedAt.milliseconds ?? contents.storedAt
            guard filter.takes(kind, since: since), filter.takes(reference: nil) else { continue }
            var row = person(contents.key)
            row.addNotification(kind, since: since, nextAt: schedule?.nextAt.milliseconds)
            persons[contents.key] = row
        }
        return persons.values.filter { filter.takes(key: $0.key) }.sorted { ($0.since, $0.key) < ($1.since, $1.key) }
    }
}
