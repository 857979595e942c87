import Engine
import JSON
import Portal

/// A request as it stands in its record: it is the value, or the data of the CloudEvent that the record is.
///
/// CloudEvents are taken whatever `cloudevents.mode` says: that is about answers. Their type is not looked at, since the
/// topic says what a record is.
struct RequestDocument {
    /// Where in the record it stands.
    enum Place {
        case value
        /// The member `data` of the value.
        case data
        /// Nowhere as it is: it had to be decoded.
        case encoded
    }

    let root: JSONValue
    /// The record's.
    let value: [UInt8]
    let place: Place

    init(_ record: OriginalRecord) throws(Refusal) {
        guard let value = record.value else { throw Refusal(.malformed, "the record's value is null") }
        self.value = value
        switch CloudEventForm(record.headers) {
        case nil:
            root = try RequestDocument.json(value, "the value")
            place = .value
        case .binary:
            try RequestDocument.checkAttributes(record.headers)
            root = try RequestDocument.json(value, "the value")
            place = .value
        case .structured: (root, place) = try RequestDocument.data(of: try RequestDocument.envelope(value))
        case .batch:
            throw Refusal(
                .malformed,
                "content-type: a batch of CloudEvents is nothing for Kafka; send each in a record of its own")
        }
    }

    private static func json(_ bytes: [UInt8], _ name: String) throws(Refusal) -> JSONValue {
        do { return try JSONDocument.parse(bytes) } catch {
            throw Refusal(.malformed, "\(name) is not JSON that can be read: \(error)")
        }
    }

    // MARK: Binary

    private static func checkAttributes(_ headers: [RecordHeader]) throws(Refusal) {
        try checkVersion(text(CloudEventHeader.specVersion, headers), CloudEventHeader.specVersion)
        for name in [CloudEventHeader.id, CloudEventHeader.source, CloudEventHeader.type] {
            if (text(name, headers) ?? "").isEmpty { throw Refusal.missing(name) }
        }
        let type = headers.last { $0.name.lowercased() == CloudEventHeader.contentType }
        if let type, !MediaType.isJSON(MediaType.name(type.value)) {
            throw Refusal(.malformed, "\(CloudEventHeader.contentType): must be \(MediaType.json)")
        }
    }

    private static func text(_ name: String, _ headers: [RecordHeader]) -> String? {
        headers.last { $0.name == name }?.value.map { String(decoding: $0, as: UTF8.self) }
    }

    private static func checkVersion(_ version: String?, _ name: String) throws(Refusal) {
        guard let version else { throw Refusal.missing(name) }
        guard version == "1.0" else { throw Refusal(.malformed, "\(name): must be 1.0") }
    }

    // MARK: Structured

    private static func envelope(_ value: [UInt8]) throws(Refusal) -> JSONValue {
        let envelope = try json(value, "the CloudEvent")
        guard envelope.kind == .object else {
            throw Refusal(.malformed, "the CloudEvent is a JSON \(envelope.kind.rawValue), and must be an object")
        }
        let fields = Fields(envelope, at: "cloudevent")
        try checkVersion(try fields.optionalText("specversion"), "cloudevent.specversion")
        for name: StaticString in ["id", "source", "type"] { _ = try fields.text(name) }
        if let type = try fields.optionalText("datacontenttype"), !MediaType.isJSON(MediaType.name(Array(type.utf8))) {
            throw Refusal(.malformed, "cloudevent.datacontenttype: must be \(MediaType.json)")
        }
        return envelope
    }

    private static func data(of envelope: JSONValue) throws(Refusal) -> (JSONValue, Place) {
        let encoded = try Fields(envelope, at: "cloudevent").optionalText("data_base64", longest: .max)
        switch (envelope["data"], encoded) {
        case (let data?, nil): return (data, .data)
        case (nil, let encoded?):
            guard let bytes = decoded(encoded) else {
                throw Refusal(.malformed, "cloudevent.data_base64: is not base64 (RFC 4648 § 4)")
            }
            return (try json(bytes, "cloudevent.data_base64"), .encoded)
        case (nil, nil): throw Refusal.missing("cloudevent.data")
        case (_?, _?): throw Refusal(.malformed, "cloudevent.data: stands beside data_base64; give one of them")
        }
    }

    /// Nil when it is no base64 (RFC 4648 § 4).
    private static func decoded(_ text: String) -> [UInt8]? {
        let characters = Array(text.utf8)
        // It would be taken for an escape of JSON.
        guard !characters.contains(UInt8(ascii: "\\")) else { return nil }
        var encoded = Base64Text(characters, 0..<characters.count)
        return try? [UInt8](unsafeUninitializedCapacity: characters.count / 4 * 3 + 3) { buffer, count in
            count = try encoded.read(into: UnsafeMutableRawBufferPointer(buffer))
        }
    }
}
