import Portal

/// The setting `encryption.key.file`, read.
public struct Encryption: Sendable {
    let file: String
    /// From before it was read.
    let stamp: FileStamp?
    let keyring: Keyring
}
