import Engine
import Estates
import Kafka

/// A dead letter in full, for people.
struct LetterDetail {
    private let record: Record
    private let masksCPR: Bool

    init(_ record: Record, masksCPR: Bool) {
        self.record = record
        self.masksCPR = masksCPR
    }

    var lines: [String] {
        let headers = LetterHeaders(record)
        var rows = [
            ["place", "\(record.topicPartition) at \(record.offset)"],
            ["written", Timestamp(milliseconds: record.timestamp).description],
            ["failure", "\(headers.category)/\(headers.reason)"],
        ]
        if let reason = FailureReason(rawValue: headers.reason) {
            rows.append(["meaning", reason.meaning])
            rows.append(["remedy", reason.remedy])
        } else {
            rows.append(["meaning", "not known to this version; docs/failures.md has all that are"])
        }
        rows.append(["from", headers.source])
        rows.append(["key", text(record.key)])
        var lines = TextTable.aligned(rows.map { $0.map(PersonalData.printable) })
        lines += ["", "HEADERS"]
        lines += TextTable.aligned(record.headers.map { [PersonalData.printable("  \($0.name)"), text($0.value)] })
        lines += ["", "VALUE (\(record.value.map { "\($0.count) bytes" } ?? "null"))"]
        if record.value != nil { lines.append(text(record.value)) }
        return lines
    }

    private func text(_ bytes: [UInt8]?) -> String {
        guard let bytes else { return "null" }
        let text = PersonalData.printable(String(decoding: bytes, as: UTF8.self))
        return masksCPR ? PersonalData.masked(text) : text
    }
}
