import Estates

/// When an estate that was not there is sought again.
///
/// The best density of looks is proportional to the square root of the rate at which what is looked for appears (Barlow
/// and Proschan, "Mathematical Theory of Reliability", 1965, on inspection). The court writes to the relatives about four
/// weeks after the death, so most estates are opened three to eight weeks after it: some twenty times as many a week as
/// before or after, as we assume. So they are sought about five times as often then.
///
/// The time of day is not considered: when the portal shows new estates is not public, looking in working hours only
/// would make a wave each morning, and there is less than an hour to gain.
struct EstateSchedule {
    private static let day: Int64 = 86_400_000
    /// Days after the death in which most estates appear.
    private static let dense: Range<Int64> = 21..<56

    /// The shortest and the longest wait.
    let waits: ClosedRange<Int64>

    /// The wait for the next search at the most; at the least it is half of it.
    ///
    /// - Parameter misses: searches in a row that found nothing, at least one. After the first ones it is sought sooner,
    ///   whatever the age: who has just heard of a death may be just ahead of the court.
    func longestWait(misses: Int, _ age: EstateAge, at now: Timestamp) -> Int64 {
        let ramp = waits.lowerBound << Int64(min(max(misses, 1), 20))
        let days = age.milliseconds(at: now) / EstateSchedule.day
        let isDense: Bool
        switch age.diedOn {
        case .some: isDense = EstateSchedule.dense.contains(days)
        // They may have died long before anybody told us, so the dense time may have begun.
        case nil: isDense = days < EstateSchedule.dense.upperBound
        }
        return min(ramp, isDense ? denseWait : waits.upperBound)
    }

    /// Between half and all of the longest wait, so that those who were missed together part from each other.
    func wait(
        misses: Int, _ age: EstateAge, at now: Timestamp, using random: inout some RandomNumberGenerator
    ) -> Int64 {
        let longest = longestWait(misses: misses, age, at: now)
        return Int64.random(in: (longest / 2)...longest, using: &random)
    }

    /// The geometric mean: 4 h 54 min for one hour and 24.
    private var denseWait: Int64 {
        Int64((Double(waits.lowerBound) * Double(waits.upperBound)).squareRoot())
    }
}

/// What is known of how long somebody has been dead.
struct EstateAge {
    /// The latest day that it can have been; nil when nobody has said.
    let diedOn: CalendarDate?
    /// When somebody first asked for the estate.
    let acceptedAt: Timestamp

    /// Since the end of that day, or since we heard of it, whichever was earlier.
    func milliseconds(at now: Timestamp) -> Int64 {
        let heard = now.milliseconds - acceptedAt.milliseconds
        guard let diedOn else { return max(0, heard) }
        return max(0, heard, now.milliseconds - Int64(diedOn.dayNumber + 1) * 86_400_000)
    }
}
