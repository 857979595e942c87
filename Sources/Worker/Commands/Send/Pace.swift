import EventLoop

/// Keeps progress from being shown too often.
public struct Pace: Sendable {
    private var next: Int64 = 0

    public init() {}

    /// True some four times a second.
    public mutating func isDue() -> Bool {
        let now = MonotonicClock.milliseconds()
        guard now >= next else { return false }
        next = now + 250
        return true
    }
}
