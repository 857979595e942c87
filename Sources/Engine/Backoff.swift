/// Exponential with full jitter (AWS Architecture Blog, "Exponential Backoff And Jitter", 2015), so that what failed
/// together does not come back together.
enum Backoff {
    /// The wait before the next attempt.
    ///
    /// - Parameter failures: in a row.
    static func wait(failures: Int, in range: ClosedRange<Int64>, using random: inout SeededGenerator) -> Int64 {
        let cap = min(range.upperBound, range.lowerBound << Int64(min(max(failures - 1, 0), 20)))
        return Int64.random(in: (range.lowerBound / 2)...cap, using: &random)
    }

    /// How many failures there must have been, when it has been failing for so long: the waits double, so together they are
    /// about as long as the next one. So a restart does not begin again with the shortest wait, though it knows only since
    /// when, and the ledger need not be written for each failure.
    static func failures(in elapsed: Int64, _ range: ClosedRange<Int64>) -> Int {
        var failures = 0
        while failures < 20, range.lowerBound << Int64(failures) <= elapsed { failures += 1 }
        return failures
    }
}
