import Engine
import JSON
import Kafka

/// An answer as a CloudEvent 1.0: its attributes, and how they are written into a record.
struct CloudEvent: Sendable {
    /// In the order in which they are written.
    private let attributes: [(name: String, value: String)]

    /// - Parameters:
    ///   - id: unique for the source: for an answer, the place of what is answered, since it is answered once.
    ///   - cause: what is answered, if anything is. Its own id and source come back as `causationid`, `causationsource` and
    ///     `causationsubject`, its tracing attributes as they are.
    init(type: CloudEventType, id: String, source: String, subject: String, time: String, cause: OriginalRecord?) {
        var attributes = [
            ("specversion", "1.0"), ("id", id), ("source", source), ("type", type.rawValue), ("subject", subject),
            ("time", time), ("datacontenttype", MediaType.json),
        ]
        if let theirs = cause.map(CauseAttributes.init) {
            for (name, ours) in CloudEvent.returned {
                if let value = theirs[name] { attributes.append((ours, value)) }
            }
        }
        self.attributes =
            attributes
            .filter { CloudEvent.isText($0.1) }
            .map { (name: $0.0, value: $0.1) }
    }

    /// Attributes of what is answered, and the names under which they come back.
    private static let returned = [
        ("id", "causationid"), ("source", "causationsource"), ("subject", "causationsubject"),
        ("correlationid", "correlationid"), ("traceparent", "traceparent"), ("tracestate", "tracestate"),
    ]

    /// The type system's String: no control characters, and here not empty either.
    static func isText(_ text: String) -> Bool {
        !text.isEmpty && text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }
    }

    /// Attributes in headers.
    var headers: [Header] {
        attributes.map { name, value in
            Header(name == "datacontenttype" ? CloudEventHeader.contentType : CloudEventHeader.name(name), text: value)
        }
    }

    /// Attributes and data in an envelope.
    func envelope(_ data: [UInt8]) -> [UInt8] {
        JSONWriter.object { root in
            for (name, value) in attributes {
                root.name(dynamic: name)
                root.string(value)
            }
            root.name("data")
            root.raw(data)
        }
    }
}

/// The types of our events. The number at the end would change with a message that older readers cannot read.
enum CloudEventType: String, CaseIterable, Sendable {
    case claimReply = "dk.proklama.claim-reply.v1"
    case estateReply = "dk.proklama.estate-reply.v1"
    case estateUpdate = "dk.proklama.estate-update.v1"
    case shadowClaimReply = "dk.proklama.shadow.claim-reply.v1"
    case shadowEstateReply = "dk.proklama.shadow.estate-reply.v1"

    static func claimReply(_ mode: FilingMode) -> CloudEventType {
        switch mode {
        case .live: .claimReply
        case .shadow: .shadowClaimReply
        }
    }

    static func estateReply(_ mode: FilingMode) -> CloudEventType {
        switch mode {
        case .live: .estateReply
        case .shadow: .shadowEstateReply
        }
    }
}

/// The attributes of a record that is a CloudEvent, or has some of its headers.
private struct CauseAttributes {
    private let headers: [RecordHeader]
    private let envelope: JSONValue?

    init(_ record: OriginalRecord) {
        headers = record.headers
        envelope = CloudEventForm(headers) == .structured ? record.value.flatMap { try? JSONDocument.parse($0) } : nil
    }

    subscript(_ name: String) -> String? {
        if let envelope { return envelope[named: name]?.string }
        let header = CloudEventHeader.name(name)
        return headers.last { $0.name == header }?.value.map { String(decoding: $0, as: UTF8.self) }
    }
}
