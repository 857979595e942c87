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
}
