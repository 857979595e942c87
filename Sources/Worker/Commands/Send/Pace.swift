import EventLoop

/// Keeps progress from being shown too often.
struct Pace {
    private var next: Int64 = 0

    /// True some four times a second.
    mutating func isDue() -> Bool {
        let now = MonotonicClock.milliseconds()
        guard now >= next else { return false }
        next = now + 250
        return true
    }
}
