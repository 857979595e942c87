import Engine

/// What the loop tells the thread that looks after dead letters.
enum LetterNews: Sendable {
    case gateClosed
    /// - Parameter turn: how long to wait longer than the others, in milliseconds.
    case gateOpened(GateClosure, turn: Int64)
    /// The worker is to end.
    case stop
}
