import Estates
import JSON

extension Wire {
    /// What comes before an attachment's contents: its name, its digest, and the head of the part with the contents.
    static func uploadFront(_ attachment: Attachment, boundary: String) -> String {
        field("navn", attachment.name, boundary) + field("sha256", attachment.digest.hex, boundary)
            + "--\(boundary)\r\nContent-Disposition: form-data; name=\"fil\"; filename=\"\(quoted(attachment.name))\"\r\n"
            + "Content-Type: \(attachment.mediaType)\r\n\r\n"
    }

    /// What comes after.
    static func uploadBack(boundary: String) -> String { "\r\n--\(boundary)--\r\n" }

    private static func field(_ name: String, _ value: String, _ boundary: String) -> String {
        "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n"
    }

    /// As browsers write it (HTML, "multipart/form-data encoding algorithm").
    private static func quoted(_ name: String) -> String {
        name.reduce(into: "") { text, character in
            switch character {
            case "\"": text += "%22"
            case "\r": text += "%0D"
            case "\n": text += "%0A"
            default: text.append(character)
            }
        }
    }

    /// The answer to an upload: that it is there, with these contents.
    static func checkAttached(_ attachment: Attachment, in bytes: UnsafeRawBufferPointer) throws(Problem) {
        let root = try parse(bytes)
        _ = try text(root["id"], "id")
        guard try text(root["sha256"], "sha256").lowercased() == attachment.digest.hex else {
            throw Problem(detail: "the portal has stored other contents than were sent: sha256")
        }
    }

    static func attached(_ item: JSONValue) throws(Problem) -> [AttachedFile] {
        guard let list = item["bilag"] else { return [] }
        guard let elements = list.elements else { throw Problem(detail: "bilag is no JSON array") }
        var attached: [AttachedFile] = []
        for element in elements {
            guard let digest = FileDigest(hex: try text(element["sha256"], "bilag.sha256")) else {
                throw Problem(detail: "bilag.sha256 is no SHA-256")
            }
            attached.append(AttachedFile(name: try text(element["navn"], "bilag.navn"), digest: digest))
        }
        return attached
    }
}
