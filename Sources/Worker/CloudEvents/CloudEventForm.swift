import Engine

/// How a record is a CloudEvent (CloudEvents 1.0, Kafka protocol binding § 3).
enum CloudEventForm: Equatable {
    /// The value is the data, the attributes are `ce_` headers.
    case binary
    /// The value is a JSON envelope around both.
    case structured
    /// Several events in one record, which the Kafka binding does not have.
    case batch

    /// Nil when the record is no CloudEvent: the content type decides, and without one of theirs `ce_specversion`.
    init?(_ headers: [RecordHeader]) {
        var isBinary = false
        var type = ""
        for header in headers {
            if header.name == CloudEventHeader.specVersion { isBinary = true }
            // HTTP's habits are common here too.
            if header.name.lowercased() == CloudEventHeader.contentType { type = MediaType.name(header.value) }
        }
        switch type {
        case "application/cloudevents+json": self = .structured
        case "application/cloudevents-batch+json": self = .batch
        default:
            guard isBinary else { return nil }
            self = .binary
        }
    }
}

/// The headers of the Kafka protocol binding.
enum CloudEventHeader {
    static let contentType = "content-type"
    static let specVersion = "ce_specversion"
    static let id = "ce_id"
    static let source = "ce_source"
    static let type = "ce_type"
    static let subject = "ce_subject"

    /// Of an attribute.
    static func name(_ attribute: String) -> String { "ce_\(attribute)" }
}

/// Media types (RFC 9110 § 8.3.1), as far as they matter here.
enum MediaType {
    static let json = "application/json"
    static let event = "application/cloudevents+json; charset=UTF-8"

    /// `application/json` of `Application/JSON; charset=utf-8`; empty for null.
    static func name(_ value: [UInt8]?) -> String {
        let text = String(decoding: value ?? [], as: UTF8.self).lowercased()
        return String(text.prefix { $0 != ";" }.filter { $0 != " " && $0 != "\t" })
    }

    static func isJSON(_ name: String) -> Bool { name == json || name == "text/json" || name.hasSuffix("+json") }
}
