/// What has been done about a dead letter.
enum LetterStatus: String, Sendable, CaseIterable {
    /// Nothing yet.
    case open
    /// Put back, and no later dead letter came of it.
    case replayed
    /// Dealt with in another way.
    case discarded
    /// Put back, and dead-lettered again: the later letter is the one to look at.
    case refailed
}
