import Estates
import Testing

@testable import Engine

struct BackoffTests {
    private func shared() -> Shared { Shared(settings: EngineSettings(), seed: 3) }

    @Test func backoffDoublesUpToItsLongest() {
        var shared = shared()
        let range: ClosedRange<Int64> = 1_000...300_000
        for failures in 1...60 {
            let cap = min(300_000, Int64(1_000) << Int64(min(failures - 1, 20)))
            for _ in 0..<20 {
                #expect((500...cap).contains(shared.backoff(failures: failures, in: range)))
            }
        }
    }

    @Test func retryAfterIsHonouredWithinReason() {
        var shared = shared()
        #expect(shared.backoff(failures: 1, in: 1_000...2_000, atLeast: 60_000) == 60_000)
        #expect(shared.backoff(failures: 1, in: 1_000...2_000, atLeast: .max) == shared.settings.retryAfterLimit)
    }

    @Test(
        arguments: [(-5, 0), (0, 0), (999, 0), (1_000, 1), (1_999, 1), (2_000, 2), (600_000, 10), (.max, 20)]
            as [(Int64, Int)])
    func howLongItHasBeenFailingTellsHowOften(elapsed: Int64, failures: Int) {
        #expect(Backoff.failures(in: elapsed, 1_000...300_000) == failures)
    }

    @Test func theBackOffGoesOnAfterARestart() {
        for hours in [0, 3] as [Int64] {
            var waits: [Int64] = []
            for seed in UInt64(1)...40 {
                var story = Story()
                story.engine = Engine(settings: story.settings, seed: seed)
                story.now = hours * 3_600_000 + 1_000
                let since = Timestamp(milliseconds: 1_700_000_001_000)
                story.own(Story.ledger(.waiting, [Story.request(.submit)]) { $0.failingSince = since })
                story.fail(.connectionRefused)
                let before = story.now
                story.passToNextWake()
                waits.append(story.now - before)
            }
            #expect(((waits.max() ?? 0) > 60_000) == (hours == 3), "\(waits)")
        }
    }

    @Test func theWaitForAnEstateGoesOnAfterARestart() {
        var story = Story()
        story.now = 30 * 3_600_000
        story.own(Story.ledger(.waiting, [Story.request(.submit)]))
        story.findEstates(0)
        let before = story.now
        while story.call == nil { story.passToNextWake() }
        #expect(story.now - before >= story.settings.estateWait.upperBound / 10)
    }

    @Test(arguments: [(40_000, 30_000, 5_000), (10, 30_000, 5_000), (2_000, 2_000, 500)] as [(Int64, Int64, Int64)])
    func aFreshIntentAlwaysHasTimeForACall(lease: Int64, timeout: Int64, grace: Int64) {
        var settings = EngineSettings()
        settings.lease = lease
        settings.callTimeout = timeout
        settings.portalGrace = grace
        #expect(settings.shortestCall <= max(lease - grace, 1))
    }
}
