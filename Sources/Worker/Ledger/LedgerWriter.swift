import Kafka

/// Who wrote a ledger record: the first one that a transaction writes to a partition of the ledger carries the
/// transactional id in a header before all others.
///
/// While a transaction is open, the last stable offset of each partition that it has written to is that of its first
/// record there, or lies below it. So a new owner can tell by one record whose transaction it is that holds it up
/// (`AbandonedTransactions`).
enum LedgerWriter {
    private static let name = "proklama.ledger.writer"

    static func header(_ transactionalID: String) -> Header { Header(name, text: transactionalID) }

    static func transactionalID(of record: Record) -> String? {
        guard let first = record.headers.first, first.name == name else { return nil }
        return first.text
    }

    /// The headers that the record would have without that one.
    static func others(_ headers: [Header]) -> ArraySlice<Header> {
        headers.first?.name == name ? headers.dropFirst() : headers[...]
    }
}
