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

    @Test func theWaitForAnEstateDoublesWithAFifthOfJitter() {
        var shared = shared()
        let range = shared.settings.estateWait
        for misses in 1...60 {
            let wait = min(range.upperBound, range.lowerBound << Int64(min(misses - 1, 20)))
            #expect((wait * 9 / 10...wait * 11 / 10).contains(shared.estateWait(misses: misses)))
        }
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
