import CCurl
import EventLoop
import Glibc

/// Deadlines count the time that the machine is asleep; curl's time-outs do not.
extension Transport {
    /// Nanoseconds since boot that the machine was asleep.
    static func timeAsleep() -> Int64 {
        var awake = timespec()
        clock_gettime(CLOCK_MONOTONIC, &awake)
        return MonotonicClock.nanoseconds() - Int64(awake.tv_sec) * 1_000_000_000 - Int64(awake.tv_nsec)
    }

    /// To be called before curl may write: when the machine has slept, requests that slept past their end and are half sent
    /// must not go on. curl looks at its time-out before it does anything else for a transfer.
    func noteSleep(_ asleep: Int64 = timeAsleep()) {
        // The two clocks are read one after the other, so they differ a little at any time.
        guard asleep - asleepBefore > 100_000_000 else { return }
        asleepBefore = asleep
        let now = MonotonicClock.nanoseconds()
        for transfer in transfers.values where now >= transfer.expiry {
            shim_easy_long(transfer.easy, CURLOPT_TIMEOUT_MS, 1)
        }
    }
}
