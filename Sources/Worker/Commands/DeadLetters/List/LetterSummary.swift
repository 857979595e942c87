import Estates
import JSON

/// Dead letters counted by category and reason, and by fingerprint if that is wanted.
struct LetterSummary {
    struct Row {
        let kind: LetterKind
        fileprivate(set) var count = 0
        fileprivate(set) var statuses: [LetterStatus: Int] = [:]
        /// Milliseconds since 1970.
        fileprivate(set) var first = Int64.max
        fileprivate(set) var last = Int64.min
        /// Where the newest one stands.
        fileprivate(set) var newest = LetterPlace(partition: 0, offset: 0)
    }

    /// By category, the most frequent first.
    let rows: [Row]
    private let showsFingerprints: Bool

    init(_ book: LetterBook, _ filter: LetterFilter, by grouping: Grouping) {
        showsFingerprints = grouping == .fingerprint
        var rows: [LetterKind: Row] = [:]
        book.visit { place, note in
            guard filter.takes(note.status) else { return }
            let kind = book.kinds[Int(note.kind)]
            let key = grouping == .fingerprint ? kind : kind.withoutFingerprint
            rows[key, default: Row(kind: key)].add(place, note)
        }
        self.rows = rows.values.sorted {
            ($0.kind.category, -$0.count, $0.kind.reason, $0.kind.fingerprint)
                < ($1.kind.category, -$1.count, $1.kind.reason, $1.kind.fingerprint)
        }
    }

    enum Grouping { case reason, fingerprint }

    var total: Int { rows.reduce(0) { $0 + $1.count } }
    var open: Int { rows.reduce(0) { $0 + ($1.statuses[.open] ?? 0) } }

    /// For people.
    var lines: [String] {
        var head = ["CATEGORY", "REASON", "COUNT"]
        if showsFingerprints { head.insert("FINGERPRINT", at: 2) }
        head += LetterStatus.allCases.map { $0.rawValue.uppercased() } + ["FIRST", "LAST", "NEWEST AT"]
        let body = rows.map { row in
            var cells = [row.kind.category, row.kind.reason]
            if showsFingerprints { cells.append(row.kind.fingerprint) }
            cells.append(String(row.count))
            cells += LetterStatus.allCases.map { String(row.statuses[$0] ?? 0) }
            cells += [
                Timestamp(milliseconds: row.first).description, Timestamp(milliseconds: row.last).description,
                row.newest.options,
            ]
            return cells.map(PersonalData.printable)
        }
        return TextTable.aligned([head] + body)
    }

    /// For programs: an object for each kind.
    var json: [String] {
        rows.map { row in
            let bytes = JSONWriter.object { root in
                root.field("category", row.kind.category)
                root.field("reason", row.kind.reason)
                if showsFingerprints { root.field("fingerprint", row.kind.fingerprint) }
                root.field("count", row.count)
                for status in LetterStatus.allCases {
                    root.name(dynamic: status.rawValue)
                    root.integer(Int64(row.statuses[status] ?? 0))
                }
                root.field("first", Timestamp(milliseconds: row.first).description)
                root.field("last", Timestamp(milliseconds: row.last).description)
                root.object("newest") { object in
                    object.field("partition", Int64(row.newest.partition))
                    object.field("offset", row.newest.offset)
                }
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    }
}

extension LetterSummary.Row {
    fileprivate mutating func add(_ place: LetterPlace, _ note: LetterNote) {
        count += 1
        statuses[note.status, default: 0] += 1
        first = min(first, note.timestamp)
        if note.timestamp >= last {
            last = note.timestamp
            newest = place
        }
    }
}
