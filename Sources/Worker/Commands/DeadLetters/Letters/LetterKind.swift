/// What dead letters are counted by.
struct LetterKind: Hashable, Sendable {
    let category: String
    let reason: String
    /// Empty when fingerprints are not told apart.
    let fingerprint: String

    /// When there are more kinds than there can be, something else writes to the topic.
    static let other = LetterKind(category: "other", reason: "other", fingerprint: "")

    var withoutFingerprint: LetterKind { LetterKind(category: category, reason: reason, fingerprint: "") }
}
