/// What becomes of a request.
enum Outcome: Sendable {
    case answer(Reply)
    /// The connection is closed without an answer.
    case close
    /// The same, with a TCP reset.
    case reset
    /// The portal has not begun yet: ask it again when the delay is over.
    case process(Request)
}

/// What becomes of a request, and in how many milliseconds.
struct Decision: Sendable {
    let outcome: Outcome
    let delay: Int64
}
