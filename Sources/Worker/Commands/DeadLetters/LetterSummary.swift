import Estates
import JSON
import Kafka

/// Dead letters counted by category and reason.
struct LetterSummary {
    struct Row {
        let category: String
        let reason: String
        fileprivate(set) var count = 0
        /// Milliseconds since 1970.
        fileprivate(set) var first = Int64.max
        fileprivate(set) var last = Int64.min
        /// Where the newest one stands.
        fileprivate(set) var example: (partition: Int32, offset: Int64) = (0, 0)
    }

    private struct Key: Hashable {
        let category: String
        let reason: String
    }

    /// More kinds than there can be, unless something else writes to the topic.
    private static let mostKinds = 1000
    private var kinds: [Key: Row] = [:]

    mutating func add(_ record: Record, _ headers: LetterHeaders) {
        var key = Key(category: headers.category, reason: headers.reason)
        if kinds[key] == nil, kinds.count >= LetterSummary.mostKinds { key = Key(category: "other", reason: "other") }
        var row = kinds[key] ?? Row(category: key.category, reason: key.reason)
        row.count += 1
        row.first = min(row.first, record.timestamp)
        if record.timestamp >= row.last {
            row.last = record.timestamp
            row.example = (record.partition, record.offset)
        }
        kinds[key] = row
    }

    var total: Int { kinds.values.reduce(0) { $0 + $1.count } }

    /// By category, the most frequent first.
    var rows: [Row] {
        kinds.values.sorted { ($0.category, -$0.count, $0.reason) < ($1.category, -$1.count, $1.reason) }
    }

    /// For people.
    var lines: [String] {
        let head = ["CATEGORY", "REASON", "COUNT", "FIRST", "LAST", "NEWEST AT"]
        let body = rows.map { row in
            [
                row.category, row.reason, String(row.count), Timestamp(milliseconds: row.first).description,
                Timestamp(milliseconds: row.last).description,
                "--partition \(row.example.partition) --offset \(row.example.offset)",
            ].map(PersonalData.printable)
        }
        return TextTable.aligned([head] + body)
    }

    /// For programs: an object for each kind.
    var json: [String] {
        rows.map { row in
            let bytes = JSONWriter.object { root in
                root.field("category", row.category)
                root.field("reason", row.reason)
                root.field("count", row.count)
                root.field("first", Timestamp(milliseconds: row.first).description)
                root.field("last", Timestamp(milliseconds: row.last).description)
                root.object("newest") { object in
                    object.field("partition", Int64(row.example.partition))
                    object.field("offset", row.example.offset)
                }
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    }
}
