import Estates

/// What the clocks say when an input reaches the engine, which has no clock of its own.
public struct Moment: Hashable, Sendable {
    /// Milliseconds that only ever grow while the process lives; leases and schedules are kept on it.
    public let monotonic: Int64
    /// The time of day; for what people and other processes read, and for horizons of days.
    public let wall: Timestamp

    public init(monotonic: Int64, wall: Timestamp) {
        self.monotonic = monotonic
        self.wall = wall
    }
}
