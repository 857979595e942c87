import Engine
import Estates
import Kafka

/// A dead letter in full, for people.
struct LetterDetail {
    private let record: Record
    private let history: LetterHistory?
    private let masking: PersonalData.Masking

    init(_ record: Record, _ history: LetterHistory?, _ masking: PersonalData.Masking) {
        self.record = record
        self.history = history
        self.masking = masking
    }

    var lines: [String] {
        let headers = LetterHeaders(record)
        var rows = [
            ["place", "\(record.topicPartition) at \(record.offset)"],
            ["written", Timestamp(milliseconds: record.timestamp).description],
            ["failure", "\(headers.category)/\(headers.reason)"],
        ]
        if let history { rows.append(["status", history.status.rawValue]) }
        if let reason = FailureReason(rawValue: headers.reason) {
            rows.append(["meaning", reason.meaning])
            rows.append(["remedy", reason.remedy])
        } else {
            rows.append(["meaning", "not known to this version; docs/failures.md has all that are"])
        }
        rows.append(["from", headers.source])
        rows.append(["key", text(record.key)])
        var lines = TextTable.aligned(rows.map { $0.map(PersonalData.printable) })
        if let history { lines += ["", "HISTORY"] + history.lines.map { masked($0) } }
        lines += ["", "HEADERS"]
        lines += TextTable.aligned(record.headers.map { [PersonalData.printable("  \($0.name)"), text($0.value)] })
        let size = record.value.map { "\($0.count) bytes" } ?? "null"
        if let key = headers.sealedWith, record.value != nil {
            lines += ["", "VALUE (\(size), sealed with the key '\(key)', which encryption.key.file does not open)"]
        } else {
            lines += ["", "VALUE (\(size))"]
            if record.value != nil { lines.append(text(record.value)) }
        }
        return lines
    }

    private func text(_ bytes: [UInt8]?) -> String {
        guard let bytes else { return "null" }
        return masked(PersonalData.printable(String(decoding: bytes, as: UTF8.self)))
    }

    private func masked(_ text: String) -> String {
        switch masking {
        case .cpr: PersonalData.masked(text)
        case .none: text
        }
    }
}
