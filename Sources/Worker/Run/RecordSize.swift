import Engine
import Kafka

/// What a record takes on the wire, as a batch of its own: at least, so that what fits by this count fits for the broker.
enum RecordSize {
    /// The batch's header (61), and the record's own lengths, offsets and times at their longest.
    private static let frame = 61 + 45
    private static let headerFrame = 10

    static func of(_ record: OutgoingRecord) -> Int {
        record.headers.reduce(frame + (record.key?.count ?? 0) + (record.value?.count ?? 0)) {
            $0 + headerFrame + $1.name.utf8.count + ($1.value?.count ?? 0)
        }
    }

    static func of(_ record: LedgerRecord) -> Int {
        of(OutgoingRecord(topic: "", key: record.key, value: record.value, headers: record.headers))
    }

    /// The ledger's own key and headers, `LedgerWriter` among them, whose id has a group's and a machine's name in it.
    private static let ledgerFrame = 850

    /// As the ledger would store it (`StoredRequest`): its key becomes a header, there are more, and it may be sealed.
    static func stored(_ record: OriginalRecord) -> Int {
        record.headers.reduce(frame + ledgerFrame + (record.key?.count ?? 0) + (record.value?.count ?? 0)) {
            $0 + headerFrame + $1.name.utf8.count + ($1.value?.count ?? 0)
        }
    }
}
