/// Whether a worker files, or only says what it would file.
public enum FilingMode: String, Sendable, CaseIterable {
    /// It makes all calls to the portal.
    case live
    /// It makes those that only read, and answers on topics of its own.
    case shadow
}
