import Estates

/// What all partitions of an engine have in common.
struct Shared {
    let settings: EngineSettings
    var commands: [Command] = []
    var timers = TimerHeap()
    var calls = CallBook()
    var random: SeededGenerator
    var statistics = EngineStatistics()
    /// Of the input that is being handled.
    var now = Moment(monotonic: 0, wall: Timestamp(milliseconds: 0))

    init(settings: EngineSettings, seed: UInt64) {
        self.settings = settings
        random = SeededGenerator(seed: seed)
    }

    /// The wait before the next attempt: exponential with full jitter (AWS Architecture Blog, "Exponential Backoff And
    /// Jitter", 2015), so that what failed together does not come back together.
    mutating func backoff(failures: Int, in range: ClosedRange<Int64>, atLeast: Int64? = nil) -> Int64 {
        let cap = min(range.upperBound, range.lowerBound << Int64(min(max(failures - 1, 0), 20)))
        return max(
            min(atLeast ?? 0, settings.retryAfterLimit), Int64.random(in: (range.lowerBound / 2)...cap, using: &random))
    }

    /// The wait for an estate that is not there yet: doubles from the shortest to the longest, with a fifth of jitter.
    mutating func estateWait(misses: Int) -> Int64 {
        let range = settings.estateWait
        let wait = min(range.upperBound, range.lowerBound << Int64(min(max(misses - 1, 0), 20)))
        return wait - wait / 10 + Int64.random(in: 0...(wait / 5), using: &random)
    }

    func wall(at monotonic: Int64) -> Timestamp {
        Timestamp(milliseconds: now.wall.milliseconds + monotonic - now.monotonic)
    }

    /// When a time of day that the ledger names comes. No wait was ever planned longer than the longest, so one that looks
    /// longer was written by a clock that went wrong, and is not believed.
    func monotonic(at wall: Timestamp) -> Int64 {
        let longest = max(settings.estateWait.upperBound * 11 / 10, settings.retryAfterLimit)
        return now.monotonic + min(max(0, wall.milliseconds - now.wall.milliseconds), longest)
    }
}
