import Engine
import Estates
import Kafka

/// The headers of a dead letter: the original ones, untouched, and ours, which replace those of an earlier round.
struct DeadLetterHeaders {
    let headers: [Header]

    init(_ letter: DeadLetter, _ encoder: OutcomeEncoder) {
        let record = letter.record
        let failure = letter.failure
        let earlier = Earlier(record.headers)
        var headers = record.headers.filter { !LetterHeaderName.isOfFailure($0.name) }.map { Header($0.name, $0.value) }
        let at = letter.at.description
        let fingerprint = FailureFingerprint(failure).text
        headers.append(Header(LetterHeaderName.category, text: failure.reason.category.rawValue))
        headers.append(Header(LetterHeaderName.reason, text: failure.reason.rawValue))
        headers.append(Header(LetterHeaderName.message, text: DeadLetterHeaders.bounded(failure.message)))
        headers.append(Header(LetterHeaderName.stage, text: failure.stage.rawValue))
        if let status = failure.status { headers.append(Header(LetterHeaderName.status, text: String(status))) }
        headers.append(Header(LetterHeaderName.at, text: at))
        headers.append(Header(LetterHeaderName.firstAt, earlier.firstAt ?? Array(at.utf8)))
        headers.append(Header(LetterHeaderName.attempts, text: String(earlier.attempts + letter.attempts)))
        headers.append(Header(LetterHeaderName.fingerprint, text: fingerprint))
        headers.append(Header(LetterHeaderName.repeats, text: String(earlier.repeats(of: fingerprint) + 1)))
        if let filed = letter.filed {
            headers.append(Header(LetterHeaderName.estateID, text: filed.estate.text))
            headers.append(Header(LetterHeaderName.filingID, text: filed.filing.text))
            headers.append(Header(LetterHeaderName.receiptID, text: filed.receipt.id))
            headers.append(Header(LetterHeaderName.receivedAt, text: filed.receipt.receivedAt))
        }
        headers.append(Header(LetterHeaderName.sourceTopic, text: encoder.topics.name(of: record.source.topic)))
        headers.append(Header(LetterHeaderName.sourcePartition, text: String(record.source.partition)))
        headers.append(Header(LetterHeaderName.sourceOffset, text: String(record.source.offset)))
        headers.append(Header(LetterHeaderName.sourceTimestamp, text: String(record.timestamp)))
        headers.append(Header(LetterHeaderName.sourceGroup, text: encoder.groupID))
        if encoder.mode == .shadow { headers.append(Header(LetterHeaderName.mode, text: encoder.mode.rawValue)) }
        headers.append(Header(LetterHeaderName.worker, text: encoder.worker))
        headers.append(Header(LetterHeaderName.version, text: ProductVersion.text))
        self.headers = headers
    }

    /// What a replayed record brings along of its earlier failures.
    private struct Earlier {
        var firstAt: [UInt8]?
        var attempts = 0
        private var fingerprint: String?
        private var repeats = 1
        /// Of a time, in bytes. Anybody can send a record with headers that are named like ours.
        private static let longest = 40

        init(_ headers: [RecordHeader]) {
            for header in headers {
                guard LetterHeaderName.isCarriedOn(header.name), let value = header.value else { continue }
                let text = String(decoding: value, as: UTF8.self)
                switch header.name {
                case LetterHeaderName.firstAt: firstAt = value.count <= Earlier.longest ? value : nil
                case LetterHeaderName.attempts: attempts = LetterHeaderName.count(text) ?? 0
                case LetterHeaderName.fingerprint: fingerprint = text
                case LetterHeaderName.repeats: repeats = LetterHeaderName.count(text) ?? 1
                default: break
                }
            }
        }

        func repeats(of other: String) -> Int { fingerprint == other ? repeats : 0 }
    }

    /// At most 500 characters.
    private static func bounded(_ message: String) -> String { String(message.prefix(500)) }
}
