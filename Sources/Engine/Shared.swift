import Estates

/// What all partitions of an engine have in common.
struct Shared {
    let settings: EngineSettings
    var commands: [Command] = []
    var timers = TimerHeap()
    var calls = CallBook()
    var gate = Gate()
    var budget: RetryBudget
    var rate: RateLimit
    var concurrency: ConcurrencyLimit
    var recentEstates: RecentEstates
    /// The portal has asked all of us to wait until then, on the monotonic clock.
    var pausedUntil: Int64 = .min
    var random: SeededGenerator
    var statistics = EngineStatistics()
    /// Of the input that is being handled.
    var now = Moment(monotonic: 0, wall: Timestamp(milliseconds: 0))

    init(settings: EngineSettings, seed: UInt64) {
        self.settings = settings
        random = SeededGenerator(seed: seed)
        budget = RetryBudget(settings)
        rate = RateLimit(settings)
        concurrency = ConcurrencyLimit(settings)
        recentEstates = RecentEstates(settings)
    }

    /// The waits between attempts of one call. While the gate is closed it is the gate that spaces the calls, and whoever
    /// has made a probe must not be away for long: nobody else may be there to make the next.
    var retryBackoff: ClosedRange<Int64> { gate.isClosed ? settings.probeBackoff : settings.retryBackoff }

    /// The wait before the next attempt.
    mutating func backoff(failures: Int, in range: ClosedRange<Int64>, atLeast: Int64? = nil) -> Int64 {
        max(
            min(atLeast ?? 0, settings.retryAfterLimit), Backoff.wait(failures: failures, in: range, using: &random))
    }

    /// The wait for an estate that is not there yet.
    mutating func estateWait(misses: Int, _ age: EstateAge) -> Int64 {
        estateSchedule.wait(misses: misses, age, at: now.wall, using: &random)
    }

    var estateSchedule: EstateSchedule { EstateSchedule(waits: settings.estateWait) }

    /// Failures in a row, when it has been failing since then.
    func failures(since: Timestamp?) -> Int {
        guard let since else { return 0 }
        return Backoff.failures(in: now.wall.milliseconds - since.milliseconds, settings.retryBackoff)
    }

    /// Searches in vain, when the estate has been waited for since then.
    func misses(since: Timestamp) -> Int {
        Backoff.failures(in: now.wall.milliseconds - since.milliseconds, settings.estateWait)
    }

    func wall(at monotonic: Int64) -> Timestamp {
        Timestamp(milliseconds: now.wall.milliseconds + monotonic - now.monotonic)
    }

    /// When a time of day that the ledger names comes. No wait was ever planned longer than the longest, so one that looks
    /// longer was written by a clock that went wrong, and is not believed.
    func monotonic(at wall: Timestamp) -> Int64 {
        let longest = max(settings.estateWait.upperBound, settings.retryAfterLimit)
        return now.monotonic + min(max(0, wall.milliseconds - now.wall.milliseconds), longest)
    }
}
