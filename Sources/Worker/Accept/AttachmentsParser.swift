import Engine
import Estates
import JSON
import Portal

/// Reads a request's attachments. Inline contents are checked against their digest here, and stay in the record; files are
/// looked at right before the filing is sent, since only then does it matter what is in them.
struct AttachmentsParser {
    static let most = 100

    let document: RequestDocument
    /// In bytes, for one attachment.
    let limit: Int64

    func attachments(_ fields: Fields) throws(Refusal) -> [Attachment] {
        guard fields.has("attachments") else { return [] }
        let elements = try fields.objects("attachments")
        guard elements.count <= AttachmentsParser.most else {
            throw Refusal(.malformed, "attachments: are more than \(AttachmentsParser.most)")
        }
        if elements.isEmpty { return [] }
        let places = contentPlaces
        var attachments: [Attachment] = []
        for (index, element) in elements.enumerated() {
            let attachment = try attachment(element, places.indices.contains(index) ? places[index] : nil)
            guard !attachments.contains(where: { $0.attached == attachment.attached }) else {
                throw Refusal(.malformed, "attachments[\(index)]: has the name and the sha256 of an earlier one")
            }
            attachments.append(attachment)
        }
        return attachments
    }

    /// Where the contents stand in the record's value.
    private var contentPlaces: [Range<Int>?] {
        switch document.place {
        case .value: JSONPlaces.strings(named: "content", ofElementsOf: "attachments", in: document.value)
        case .data:
            JSONPlaces.strings(named: "content", ofElementsOf: "attachments", of: "data", in: document.value)
        case .encoded: []
        }
    }

    private func attachment(_ fields: Fields, _ place: Range<Int>?) throws(Refusal) -> Attachment {
        let name = try fields.text("name", longest: 200)
        guard !name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            throw Refusal(.malformed, "\(fields.path("name")): must have no control characters")
        }
        let mediaType = try fields.text("mediaType", longest: 100)
        guard AttachmentsParser.isMediaType(mediaType) else {
            throw Refusal(.malformed, "\(fields.path("mediaType")): must be a media type, such as application/pdf")
        }
        guard let digest = FileDigest(hex: try fields.text("sha256")) else {
            throw Refusal(.malformed, "\(fields.path("sha256")): must be 64 hexadecimal digits")
        }
        let size = try fields.integer("size")
        guard size.map({ $0 >= 0 }) ?? true else {
            throw Refusal(.malformed, "\(fields.path("size")): must not be negative")
        }
        guard (size ?? 0) <= limit else { throw tooLarge(fields.path("size")) }
        switch (fields.has("content"), fields.has("file")) {
        case (true, false):
            guard document.place != .encoded else {
                throw Refusal(.malformed, "\(fields.path("content")): cannot stand in data_base64; give data instead")
            }
            guard let place else { throw Refusal(.malformed, "\(fields.path("content")): must be a string") }
            let found = try contents(at: place, fields.path("content"))
            guard found.digest == digest else {
                throw Refusal(
                    .attachmentMismatch, "\(fields.path("content")): its SHA-256 is not \(fields.path("sha256"))")
            }
            guard size == nil || size == found.size else {
                throw Refusal(
                    .attachmentMismatch, "\(fields.path("content")): is not as long as \(fields.path("size"))")
            }
            return Attachment(
                name: name, mediaType: mediaType, digest: digest, size: found.size, content: .inline(place))
        case (false, true):
            let file = try fields.text("file", longest: 1000)
            return Attachment(name: name, mediaType: mediaType, digest: digest, size: size, content: .file(file))
        case (true, true), (false, false):
            throw Refusal(.malformed, "\(fields.path("content")): give either this, in base64, or file")
        }
    }

    /// Decodes the contents in pieces and keeps none.
    private func contents(at place: Range<Int>, _ path: String) throws(Refusal) -> (digest: FileDigest, size: Int64) {
        // Spares the work: four characters are three bytes, and escapes only make it longer.
        guard Int64(place.count) / 12 <= limit else { throw tooLarge(path) }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 3 << 14, alignment: 16)
        defer { buffer.deallocate() }
        var text = Base64Text(document.value, place)
        let digest = RunningDigest()
        var size: Int64 = 0
        while true {
            let count: Int
            do throws(Base64Text.Malformed) { count = try text.read(into: buffer) } catch {
                throw Refusal(.malformed, "\(path): is no base64 with its padding (RFC 4648, section 4)")
            }
            if count == 0 { return (digest.finish(), size) }
            size += Int64(count)
            guard size <= limit else { throw tooLarge(path) }
            digest.add(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer).prefix(count)))
        }
    }

    private func tooLarge(_ path: String) -> Refusal {
        Refusal(.attachmentUnusable, "\(path): is more than the \(limit) bytes of attachments.max.size")
    }

    /// Whether it can stand in a `Content-Type` (RFC 9110, section 8.3.1); parameters are let through as they are.
    private static func isMediaType(_ text: String) -> Bool {
        let parts = text.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false)
        let names = parts[0].split(separator: "/", omittingEmptySubsequences: false)
        let isToken = { (name: Substring) in
            !name.isEmpty
                && name.utf8.allSatisfy {
                    ($0 >= 0x30 && $0 <= 0x39) || ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A)
                        || Array("!#$%&'*+-.^_`|~".utf8).contains($0)
                }
        }
        return names.count == 2 && names.allSatisfy(isToken) && text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
    }
}
