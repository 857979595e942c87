/// A key that personal data is sealed with: AES with 256 bits.
struct EncryptionKey: Hashable, Sendable {
    static let size = 32

    /// Stands beside whatever was sealed with it, so that the right one is found again.
    let name: String
    let bytes: [UInt8]
}
