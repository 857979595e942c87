/// One filing in the store. Its number is its place, plus one.
struct FilingRow: Sendable {
    let identity: UInt32
    let kind: FilingKind
    /// The first half of the digest of the estate's ID.
    let estate: SHA256Digest.Key
    var contents: ByteArena.Slice
    /// The event that gave the newest receipt.
    var lastEvent: UInt32
    var withdrawn = false
    /// The filing of the same identity before this one.
    let previous: UInt32?
}

/// What a filing is for its creditor: environment, creditor, on whose behalf, kind and reference. The environment is the
/// simulator itself.
struct IdentityRow: Sendable {
    /// The identity as members of a JSON object, without braces.
    let name: ByteArena.Slice
    let onBehalfOf: ByteArena.Slice
    let firstEvent: UInt32
    var lastEvent: UInt32
    var lastFiling: UInt32
    /// Filings of this identity that are not withdrawn; more than one is a duplicate.
    var active: UInt32
    /// An identity with the same creditor, kind and reference, filed on behalf of somebody else.
    let sibling: UInt32?
}

/// Something that changed a filing. Its receipt's number is its place, plus one.
struct EventRow: Sendable {
    enum Change: String, Sendable { case create, amend, withdraw }

    let change: Change
    let filing: UInt32
    let milliseconds: Int64
    let idempotencyKey: ByteArena.Slice
    let digest: SHA256Digest
    /// The identity's next event; 0 is none, since no event follows itself.
    var next: UInt32 = 0
}

/// An attachment (bilag): only its name, size and digest are kept.
struct AttachmentRow: Sendable {
    let name: String
    let size: Int
    let digest: SHA256Digest
}
