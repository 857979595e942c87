import Engine

/// One partition of the ledger: what transactions wrote, with their markers, as a broker keeps it.
struct LedgerLog {
    struct Entry {
        let offset: Int64
        let transaction: Int
        let write: LedgerWrite
    }

    private(set) var entries: [Entry] = []
    private(set) var highWatermark: Int64 = 0
    /// Transactions that have written here and whose marker is not here yet, with their first offset.
    private var open: [(transaction: Int, first: Int64)] = []

    /// A read_committed reader gets no further: the end of the file, as it is told.
    var lastStableOffset: Int64 { open.first?.first ?? highWatermark }

    /// The transaction that holds the last stable offset back.
    var oldestOpen: Int? { open.first?.transaction }

    mutating func append(_ writes: [LedgerWrite], by transaction: Int) {
        if !open.contains(where: { $0.transaction == transaction }) { open.append((transaction, highWatermark)) }
        for write in writes {
            entries.append(Entry(offset: highWatermark, transaction: transaction, write: write))
            highWatermark += 1
        }
    }

    /// The marker that ends a transaction takes an offset too.
    mutating func mark(_ transaction: Int) {
        open.removeAll { $0.transaction == transaction }
        highWatermark += 1
    }

    /// What a read_committed reader sees up to the last stable offset.
    func visible(_ isCommitted: (Int) -> Bool) -> LedgerView {
        var view = LedgerView()
        let end = lastStableOffset
        for entry in entries {
            if entry.offset >= end { break }
            if isCommitted(entry.transaction) { view.apply(entry.write) }
        }
        return view
    }

    /// The cleaner: below the last stable offset, aborted records go, the latest of each key stays where it is, and a
    /// tombstone goes when it has stood long enough.
    ///
    /// - Returns: the tombstones removed.
    mutating func compact(removesTombstones: Bool, _ isCommitted: (Int) -> Bool) -> Int {
        var removed = 0
        var seen: Set<LedgerKey> = []
        var kept: [Entry] = []
        let end = lastStableOffset
        for entry in entries.reversed() {
            guard entry.offset < end else {
                kept.append(entry)
                continue
            }
            guard isCommitted(entry.transaction), seen.insert(LedgerKey(entry.write)).inserted else { continue }
            if removesTombstones, entry.write.isTombstone { removed += 1 } else { kept.append(entry) }
        }
        entries = kept.reversed()
        return removed
    }
}
