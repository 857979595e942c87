/// This worker's share of the calls a second that the whole group may make: as large as its share of the partitions, so
/// it moves with them. Calls are spaced evenly (the generic cell rate algorithm), but for a lateness of some
/// milliseconds that is made up for, since timers are never on time.
struct RateLimit {
    /// Milliseconds.
    private static let catchUp = 20.0

    /// Calls a second for the group; nil is no limit.
    private let rate: Double?
    /// Of the inputs, owned by whomever.
    private var partitionCount: Int?
    /// When the next call is due.
    private var nextAt = 0.0

    init(_ settings: EngineSettings) { rate = settings.rateLimit }

    mutating func setPartitionCount(_ count: Int) { partitionCount = max(count, 1) }

    /// The earliest time, on the monotonic clock, at which a call may start; nil when none may, for want of partitions.
    ///
    /// - Parameter owned: the partitions that this worker has.
    func earliest(owned: Int, at now: Int64) -> Int64? {
        guard rate != nil else { return now }
        guard owned > 0 else { return nil }
        return max(now, Int64(nextAt.rounded(.up)))
    }

    mutating func count(owned: Int, at now: Int64) {
        guard let rate, owned > 0 else { return }
        // Until the number of partitions is known, there are as many as we have, which cannot be too few for long.
        let share = min(1, Double(owned) / Double(max(partitionCount ?? owned, owned)))
        nextAt = max(nextAt, Double(now) - RateLimit.catchUp) + 1000 / (rate * share)
    }
}
