/// Why a worker cannot be started.
public struct WorkerStartError: Error, CustomStringConvertible, Sendable {
    /// What is wrong, where, and what to do about it; may be several lines.
    public let description: String

    init(_ description: String) { self.description = description }
}
