/// A promise that was broken in a run.
public struct Violation: Sendable, CustomStringConvertible {
    public let message: String
    /// Virtual milliseconds from the start of the run.
    public let time: Int64

    public var description: String { "at \(time) ms: \(message)" }
}
