/// A document that goes with a filing (bilag). What is in it stays where it is until it is sent.
public struct Attachment: Hashable, Sendable {
    public enum Content: Hashable, Sendable {
        /// Base64 (RFC 4648 § 4) in the request record's value: the places between the quotes of its JSON string.
        case inline(Range<Int>)
        /// A path below the folder for attachments.
        case file(String)
    }

    public let name: String
    /// As in `Content-Type`: `application/pdf`.
    public let mediaType: String
    /// What its contents must be.
    public let digest: FileDigest
    /// In bytes; nil when the sender of a file has not said it.
    public let size: Int64?
    public let content: Content

    public init(name: String, mediaType: String, digest: FileDigest, size: Int64?, content: Content) {
        self.name = name
        self.mediaType = mediaType
        self.digest = digest
        self.size = size
        self.content = content
    }

    /// As the portal shows it once it is there.
    public var attached: AttachedFile { AttachedFile(name: name, digest: digest) }
}

/// An attachment that the portal has. Two with the same name and contents are the same.
public struct AttachedFile: Hashable, Sendable {
    public let name: String
    public let digest: FileDigest

    public init(name: String, digest: FileDigest) {
        self.name = name
        self.digest = digest
    }
}

/// The SHA-256 of a file (FIPS 180-4).
public struct FileDigest: Hashable, Sendable {
    /// 64 lower-case hexadecimal digits.
    public let hex: String

    /// Reads hexadecimal digits of either case.
    public init?(hex: String) {
        let isDigit = { (byte: UInt8) in
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
        }
        guard hex.utf8.count == 64, hex.utf8.allSatisfy(isDigit) else { return nil }
        self.hex = hex.lowercased()
    }

    /// - Parameter bytes: the 32 of the digest.
    public init(bytes: some Sequence<UInt8>) {
        let digits = Array("0123456789abcdef".utf8)
        hex = String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}

/// Why the contents of an attachment are not what can be sent. It is found out before anything of them leaves.
public enum AttachmentProblem: Hashable, Sendable {
    /// They are not what their digest or their size says.
    case mismatch
    /// There is no such file, or it is none that may be sent.
    case unusable
    /// They cannot be read now; that may pass.
    case unavailable
}
