import Testing

@testable import Portal

/// When replaced files are read, and when a failure is told.
@Suite struct ReloadScheduleTests {
    private static let second: Int64 = 1_000_000_000

    /// Turns the schedule from one time to another as a loop would, and lists the seconds at which it would read.
    private func run(
        _ schedule: inout ReloadSchedule<Int>, from start: Double, to end: Double, files: (Double) -> [Int],
        attempt: (Double, inout ReloadSchedule<Int>) -> Void
    ) -> [Double] {
        var attempts: [Double] = []
        var now = start
        while now <= end {
            let time = Int64(now * 1e9)
            if schedule.look(files(now), now: time) {
                attempts.append(now)
                attempt(now, &schedule)
            }
            now = Double(max(schedule.nextLook, time + 1_000_000)) / 1e9
        }
        return attempts
    }

    @Test func filesThatDoNotChangeAreNotRead() {
        var schedule = ReloadSchedule([1, 1], now: 0)
        let attempts = run(&schedule, from: 2, to: 3600, files: { _ in [1, 1] }, attempt: { _, _ in })
        #expect(attempts == [])
    }

    @Test func aReplacementIsReadOnceAndWithinSeconds() {
        var schedule = ReloadSchedule([1, 1], now: 0)
        let attempts = run(
            &schedule, from: 2, to: 100, files: { $0 < 9 ? [1, 1] : [2, 2] },
            attempt: { _, schedule in schedule.succeeded() })
        #expect(attempts.count == 1)
        #expect((9...12).contains(attempts.first ?? 0))
    }

    @Test func aFileThatIsStillWrittenIsNotRead() {
        var schedule = ReloadSchedule([1, 1], now: 0)
        let attempts = run(
            &schedule, from: 2, to: 20, files: { [1, $0 < 10 ? Int($0 * 10) : 100] },
            attempt: { _, schedule in schedule.succeeded() })
        #expect(attempts.count == 1)
        #expect((attempts.first ?? 0) >= 10)
    }

    @Test func aHintShortensTheWait() {
        var schedule = ReloadSchedule([1], now: 0)
        schedule.hint(now: 100)
        #expect(schedule.nextLook <= 300_000_100)
    }

    /// New certificate, old key: as long as both arrive within ten seconds, nobody hears of it.
    @Test func aHalfWrittenPairIsWaitedOut() {
        var schedule = ReloadSchedule([1, 1], now: 0)
        var told: [Double] = []
        let attempts = run(
            &schedule, from: 2, to: 100, files: { $0 < 5 ? [1, 1] : $0 < 12 ? [2, 1] : [2, 2] },
            attempt: { now, schedule in
                if now >= 12 {
                    schedule.succeeded()
                } else if schedule.failed(now: Int64(now * 1e9)) {
                    told.append(now)
                }
            })
        #expect(attempts.count == 2)
        #expect(told == [])
    }

    @Test func aFailureThatLastsIsToldOnceForEachReplacement() {
        var schedule = ReloadSchedule([1], now: 0)
        var told: [Double] = []
        let attempts = run(
            &schedule, from: 2, to: 7200, files: { $0 < 5 ? [1] : $0 < 3600 ? [2] : [3] },
            attempt: { now, schedule in if schedule.failed(now: Int64(now * 1e9)) { told.append(now) } })
        #expect(told.count == 2)
        #expect((15...20).contains(told.first ?? 0))
        #expect((3610...3620).contains(told.last ?? 0))
        // Tried again each minute: it may be a certificate that becomes valid.
        #expect((100...130).contains(attempts.count))
    }
}
