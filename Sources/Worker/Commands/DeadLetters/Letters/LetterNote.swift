/// What is remembered of one dead letter while the topic is read: sixteen bytes, since there may be a million.
struct LetterNote: Sendable {
    /// Milliseconds since 1970.
    var timestamp: Int64 = 0
    /// Which replay or discard was the last to deal with it, by its number in `LetterBook.runs`; 0 when none was.
    var run: UInt32 = 0
    /// By its number in `LetterBook.kinds`; 0 when the letter is not among those that are asked for.
    var kind: UInt16 = 0
    var status = LetterStatus.open
    /// Why a replay would refuse it, whatever its status.
    var obstacle: ReplayObstacle?
}
