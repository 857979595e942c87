import Estates
import Testing

@testable import Engine

struct PaceTests {
    // MARK: The rate limit

    struct Share: CustomTestStringConvertible {
        let rate: Double
        let owned: Int
        let all: Int
        /// Calls in ten seconds.
        let calls: Int
        var testDescription: String { "\(rate) a second, \(owned) of \(all)" }
    }

    @Test(
        arguments: [
            Share(rate: 10, owned: 4, all: 4, calls: 100), Share(rate: 10, owned: 1, all: 4, calls: 25),
            Share(rate: 0.5, owned: 1, all: 1, calls: 5), Share(rate: 1_000, owned: 3, all: 12, calls: 2_500),
            Share(rate: 10, owned: 0, all: 4, calls: 0),
        ])
    func callsAreSpacedEvenlyAndNoMoreThanTheShare(_ share: Share) {
        var settings = EngineSettings()
        settings.rateLimit = share.rate
        var limit = RateLimit(settings)
        limit.setPartitionCount(share.all)
        var times: [Int64] = []
        for now in Int64(1_000)..<11_000 {
            while limit.earliest(owned: share.owned, at: now) == now {
                limit.count(owned: share.owned, at: now)
                times.append(now)
            }
        }
        // At first, and after a pause, what a timer's lateness would have cost is made up for.
        #expect(abs(times.count - share.calls) <= 1 + share.calls / 10 / 50)
        for second in stride(from: Int64(1_000), to: 10_000, by: 50) {
            let inIt = times.count { $0 >= second && $0 < second + 1_000 }
            #expect(Double(inIt) <= (share.rate * Double(share.owned) / Double(share.all) * 1.02).rounded(.up) + 1)
        }
    }

    @Test func anEngineKeepsToItsShareAndWakesForTheNextCall() {
        var story = Story {
            $0.rateLimit = 4
            $0.maximumInFlight = 100
        }
        story.engine.setPartitionCount(2, at: story.moment)
        story.own()
        for number in 0..<30 { story.receive(Story.request(of: number, offset: Int64(number))) }
        #expect(story.calls.count == 1)
        let begin = story.now
        while story.calls.count < 11 { story.passToNextWake() }
        #expect((4_900...5_100).contains(story.now - begin))
    }

    @Test func aFilingIsSentWhereCallsAreFurtherApartThanAnIntentIsGoodFor() {
        var story = Story {
            $0.rateLimit = 0.25
            $0.callTimeout = 2_000
            $0.portalGrace = 500
            $0.lease = 3_000
        }
        story.own()
        for number in 0..<60 { story.receive(Story.request(of: number, offset: Int64(number))) }
        story.findEstates()
        story.commit()
        // Everybody else's search waits for each of the calls.
        for _ in 0..<20 where story.call != "submit" {
            if story.call != nil { story.findEstates(0) }
            story.passToNextWake()
            story.commit()
        }
        #expect(story.call == "submit")
    }

    // MARK: The budget for retries

    @Test func retriesAreAtMostAShareOfTheCallsInAWindow() {
        var settings = EngineSettings()
        settings.retryFloor = 3
        var budget = RetryBudget(settings)
        for _ in 0..<100 { budget.count(.first, at: 20_000) }
        var retries = 0
        while budget.allowsRetry(at: 20_500) {
            budget.count(.retry, at: 20_500)
            retries += 1
        }
        #expect(retries == 23)
        let beforeNext = budget.allowsRetry(at: budget.nextChance(after: 20_500) - 1)
        #expect(!beforeNext)
        let whenAllHaveLeft = budget.allowsRetry(at: 31_000)
        #expect(whenAllHaveLeft)
        for _ in 0..<3 { budget.count(.retry, at: 31_000) }
        let afterTheFloor = budget.allowsRetry(at: 31_000)
        #expect(!afterTheFloor)
        let muchLater = budget.allowsRetry(at: 900_000)
        #expect(muchLater)
    }

    // MARK: Retry-After

    @Test func aPortalThatGetsTooManyCallsGetsNoneUntilItWantsThemAgain() {
        var story = Story { $0.maximumInFlight = 8 }
        story.own()
        for number in 0..<40 { story.receive(Story.request(of: number, offset: Int64(number))) }
        #expect(story.calls.count == 8)
        story.fail(.status(429, code: nil), retryAfter: 4_000)
        // The others were under way, and say the same a moment later.
        story.pass(100)
        while story.call != nil { story.fail(.status(429, code: nil), retryAfter: 4_000) }
        let asked = story.now
        for number in 40..<60 { story.receive(Story.request(of: number, offset: Int64(number))) }
        while story.calls.isEmpty { story.passToNextWake() }
        #expect(story.now == asked + 4_000)
        // One by one, then twice as many with each round.
        #expect(story.calls.count == 1)
        for expected in [2, 4, 8] {
            story.pass(20)
            for _ in story.calls { story.findEstates() }
            #expect(story.calls.count == expected)
        }
        #expect(story.engine.statistics.events[.callsPaused] == 1)
        #expect(story.engine.overview.gate.state == .open)
    }

    @Test func noPortalSilencesUsForLongerThanAProbeWaits() {
        var story = Story { $0.maximumInFlight = 1 }
        story.own()
        for number in 0..<3 { story.receive(Story.request(of: number, offset: Int64(number))) }
        story.fail(.status(429, code: nil), retryAfter: 7 * 86_400_000)
        let asked = story.now
        while story.calls.isEmpty { story.passToNextWake() }
        #expect(story.now == asked + story.settings.probeBackoff.upperBound)
    }

    @Test func aServerErrorIsNotAboutAllCalls() {
        var story = Story { $0.maximumInFlight = 2 }
        story.own()
        for number in 0..<10 { story.receive(Story.request(of: number, offset: Int64(number))) }
        story.fail(.status(503, code: nil), retryAfter: 4_000)
        #expect(story.calls.count == 2)
    }

    // MARK: The concurrency limit

    struct Row: CustomTestStringConvertible {
        let load: CallLoad
        /// The usual one is 200.
        let latency: Int64
        let lowers: Bool
        var testDescription: String { "\(load), \(latency) ms" }
    }

    @Test(
        arguments: [
            Row(load: .answered, latency: 200, lowers: false), Row(load: .answered, latency: 450, lowers: false),
            Row(load: .answered, latency: 600, lowers: true), Row(load: .overloaded, latency: 10, lowers: true),
            Row(load: .unknown, latency: 9_000, lowers: false),
        ])
    func latencyAndOverloadLowerTheLimit(_ row: Row) {
        var limit = ConcurrencyLimit(EngineSettings())
        for call in Int64(1)...50 {
            _ = limit.callEnded(.search, .answered, startedAt: call * 300, underWay: 60, at: call * 300 + 200)
        }
        #expect(limit.calls == 64)
        var lowered: [Bool] = []
        for call in Int64(1)...4 {
            let startedAt = 20_000 + call
            lowered.append(
                limit.callEnded(.search, row.load, startedAt: startedAt, underWay: 60, at: startedAt + row.latency))
        }
        // One or two are everyday life, and those that were under way together count once.
        #expect(lowered == [false, false, row.lowers, false])
        #expect((limit.calls < 64) == row.lowers)
    }

    @Test(
        arguments: [
            (nil, .answered), (.status(404, code: nil), .answered), (.status(429, code: nil), .overloaded),
            (.status(503, code: nil), .overloaded), (.timedOut, .overloaded), (.connectionLost, .unknown),
            (.status(500, code: nil), .unknown),
        ] as [(PortalFailure.Cause?, CallLoad)])
    func onlySomeFailuresTellOfTheLoad(_ cause: PortalFailure.Cause?, load: CallLoad) {
        #expect(CallLoad(cause.map { PortalFailure($0, mayHaveTakenEffect: false) }) == load)
    }

    @Test func callsThatWereUnderWayTogetherLowerItOnce() {
        var limit = ConcurrencyLimit(EngineSettings())
        for _ in 0..<64 { _ = limit.callEnded(.change, .overloaded, startedAt: 0, underWay: 60, at: 500) }
        #expect(limit.calls == 57)
    }

    @Test func itGrowsBackToTheSettingAndNoFurther() {
        var settings = EngineSettings()
        settings.maximumInFlight = 10
        var limit = ConcurrencyLimit(settings)
        limit.restart(at: 0)
        #expect(limit.calls == 1)
        var most = 0
        for call in Int64(1)...200 {
            _ = limit.callEnded(.search, .answered, startedAt: call, underWay: limit.calls - 1, at: call + 50)
            most = max(most, limit.calls)
        }
        #expect(most == 10)
    }

    @Test func aLimitThatIsNotUsedDoesNotGrow() {
        var limit = ConcurrencyLimit(EngineSettings())
        for _ in 0..<9 { _ = limit.callEnded(.change, .overloaded, startedAt: 0, underWay: 60, at: 500) }
        for call in Int64(1)...200 {
            _ = limit.callEnded(.search, .answered, startedAt: 500 + call, underWay: 0, at: 550 + call)
        }
        #expect(limit.calls == 57)
    }
}
