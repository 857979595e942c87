import Estates
import Testing

@testable import Engine

struct EstateScheduleTests {
    private static let day: Int64 = 86_400_000
    private static let hour: Int64 = 3_600_000
    private let schedule = EstateSchedule(waits: 3_600_000...86_400_000)

    /// The longest wait in hours, so many days after 2026-03-01 was over.
    private func hours(_ days: Int64, misses: Int = 20, diedOn: String? = "2026-03-01") -> Int64 {
        // 2026-03-02T00:00:00Z
        let start: Int64 = 1_772_409_600_000
        let now = Timestamp(milliseconds: start + days * EstateScheduleTests.day)
        let age = EstateAge(
            diedOn: diedOn.flatMap { CalendarDate($0) }, acceptedAt: Timestamp(milliseconds: start))
        return schedule.longestWait(misses: misses, age, at: now) / EstateScheduleTests.hour
    }

    @Test(arguments: [(0, 24), (20, 24), (21, 4), (40, 4), (55, 4), (56, 24), (179, 24)] as [(Int64, Int64)])
    func estatesAreSoughtMostOftenWhenMostOfThemAppear(days: Int64, hours: Int64) {
        #expect(self.hours(days) == hours)
    }

    @Test(arguments: [(0, 4), (55, 4), (56, 24)] as [(Int64, Int64)])
    func withoutADateTheDenseTimeMayHaveBegun(days: Int64, hours: Int64) {
        #expect(self.hours(days, diedOn: nil) == hours)
    }

    @Test func aDateThatLiesAheadCountsFromWhenItWasTold() {
        // Known in part: some day of the year, at the latest its last.
        #expect(hours(20, diedOn: "2026-12-31") == 24)
        #expect(hours(21, diedOn: "2026-12-31") == 4)
    }

    @Test(arguments: [(1, 2), (2, 4), (3, 8), (4, 16), (5, 24), (90, 24)] as [(Int, Int64)])
    func theFirstSearchesFollowEachOtherSooner(misses: Int, hours: Int64) {
        #expect(self.hours(1, misses: misses) == hours)
    }

    @Test func noWaitIsShorterOrLongerThanTheSettings() {
        var random = SeededGenerator(seed: 1)
        for misses in 1...40 {
            for days in Int64(0)...200 {
                let now = Timestamp(milliseconds: days * EstateScheduleTests.day)
                let age = EstateAge(diedOn: nil, acceptedAt: Timestamp(milliseconds: 0))
                #expect(schedule.waits.contains(schedule.wait(misses: misses, age, at: now, using: &random)))
            }
        }
    }

    /// Ten thousand that were all sought in the same second. Returns the most that are sought again in one minute of the
    /// days that follow.
    private func busiestMinute(_ random: inout some RandomNumberGenerator) -> Int {
        var minutes: [Int64: Int] = [:]
        for _ in 0..<10_000 {
            var now: Int64 = 0
            let age = EstateAge(diedOn: nil, acceptedAt: Timestamp(milliseconds: 0))
            for misses in 1...12 {
                now += schedule.wait(misses: misses, age, at: Timestamp(milliseconds: now), using: &random)
                minutes[now / 60_000, default: 0] += 1
            }
        }
        return minutes.values.max() ?? 0
    }

    @Test func whoWasSoughtTogetherPartsFromEachOther() {
        var random = SeededGenerator(seed: 5)
        // Evenly over the hour from the first search at the earliest would be 167 a minute.
        #expect(busiestMinute(&random) < 300)
    }

    @Test func withoutJitterTheyWouldComeInWaves() {
        struct Constant: RandomNumberGenerator { func next() -> UInt64 { 1 << 60 } }
        var constant = Constant()
        #expect(busiestMinute(&constant) == 10_000)
    }
}
