import Engine
import Estates
import JSON
import Kafka

/// Turns a line into a record: `{"key":"…","value":{…}}`, with `"headers":{"name":"value"}` if one likes, or the value
/// alone, whose key is derived from the deceased's CPR number.
///
/// The value is passed on to the byte. Whether it is a good request is the worker's affair, not ours; a line is bad only
/// when it is no JSON or no record can be made of it.
struct LineParser: Sendable {
    let topic: String
    let input: InputTopic
    /// Nil without `send.key.secret.file`.
    let recordKey: RecordKey?

    func record(_ line: [UInt8]) throws(LineProblem) -> OutgoingRecord {
        let root: JSONValue
        do throws(JSONError) { root = try JSONDocument.parse(line) } catch { throw LineProblem("\(error)") }
        guard root.kind == .object else { throw LineProblem("is a JSON \(root.kind.rawValue), and must be an object") }
        guard let value = JSONSlice.member("value", of: line) else {
            return OutgoingRecord(topic: topic, key: Array(try derivedKey(root).utf8), value: line)
        }
        return try record(root, value)
    }

    /// The same, for a look at the contents: a value alone gets a key that stands for any.
    func recordForJudgement(_ line: [UInt8]) throws(LineProblem) -> OutgoingRecord {
        // A value alone that is no JSON object is the worker's to judge.
        guard let root = try? JSONDocument.parse(line), root.kind == .object,
            let value = JSONSlice.member("value", of: line)
        else { return OutgoingRecord(topic: topic, key: Array("any".utf8), value: line) }
        return try record(root, value)
    }

    private func record(_ root: JSONValue, _ value: [UInt8]) throws(LineProblem) -> OutgoingRecord {
        guard let key = root["key"]?.string, !key.isEmpty else {
            throw LineProblem("'key' must be a text that is not empty, beside 'value'")
        }
        return OutgoingRecord(
            topic: topic, key: Array(key.utf8), value: value == Array("null".utf8) ? nil : value,
            headers: try headers(root["headers"]))
    }

    private func derivedKey(_ root: JSONValue) throws(LineProblem) -> String {
        let number: JSONValue? =
            switch input {
            case .claimRequests: root["deceased"]?["cpr"]
            // Who has another number now is still known by the former one, under which the requests were sent.
            case .deathNotifications: root["previousCpr"] ?? root["cpr"]
            }
        guard let cpr = number?.string.flatMap(CPRNumber.init) else {
            throw LineProblem(
                "has no CPR number that a key can be derived from; write {\"key\":\"…\",\"value\":{…}} instead")
        }
        guard let recordKey else {
            throw LineProblem(
                "has no key, and send.key.secret.file, from which one could be derived, is not set; "
                    + "write {\"key\":\"…\",\"value\":{…}} or set it")
        }
        return recordKey.text(for: cpr)
    }

    private func headers(_ value: JSONValue?) throws(LineProblem) -> [Header] {
        guard let value else { return [] }
        guard let members = value.members else { throw LineProblem("'headers' must be an object") }
        var headers: [Header] = []
        for (name, value) in members {
            switch value.kind {
            case .string: headers.append(Header(name, text: value.string ?? ""))
            case .null: headers.append(Header(name, nil))
            case .object, .array, .number, .boolean:
                throw LineProblem("each of 'headers' must be a text or null")
            }
        }
        return headers
    }
}

/// Why a line is no record. Never quotes it.
struct LineProblem: Error, Equatable, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
