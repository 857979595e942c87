import Glibc
import Testing

@testable import PortalSimulator

@Suite("Delayed answers wait side by side")
struct DelayTests {
    @Test func twoHundredDelayedRequestsAreInFlightAtOnce() throws {
        // They would be held for an hour each: only stopping lets them go.
        let creditor = try Creditor { $0.latency = .fixed(3_600_000) }
        let pending = (0..<200).map { _ in
            creditor.client.begin("POST", "/doedsbojournaler", #"{"cprNummer":"6101901234"}"#)
        }
        var turns = 0
        while creditor.simulator.audit().searches < 200, turns < 10_000 {
            usleep(1000)
            turns += 1
        }
        #expect(creditor.simulator.audit().inFlight == 200)
        #expect(creditor.simulator.audit().inFlightPeak == 200)
        creditor.simulator.stop()
        for request in pending { _ = request.finish() }
        #expect(creditor.simulator.audit().inFlight == 0)
    }

    @Test func delayedRequestsAreAllAnswered() throws {
        let creditor = try Creditor { $0.latency = .random(1...30) }
        let pending = (0..<200).map { _ in
            creditor.client.begin("POST", "/doedsbojournaler", #"{"cprNummer":"6101901234"}"#)
        }
        #expect(pending.map { $0.finish()?.status } == Array(repeating: 200, count: 200))
    }

    @Test func anAnswerComesNoSoonerThanItsLatency() throws {
        let creditor = try Creditor()
        #expect(creditor.call("PUT", "/_latency", "50")?.status == 204)
        let start = Clock.monotonicMilliseconds()
        #expect(creditor.search("6101901234")?.status == 200)
        #expect(Clock.monotonicMilliseconds() - start >= 50)
        #expect(creditor.call("PUT", "/_latency", "x")?.status == 400)
    }

    @Test func aClientThatLeavesWhileItWaitsDoesNoHarm() throws {
        let creditor = try Creditor { $0.latency = .fixed(20) }
        for _ in 0..<50 {
            close(creditor.client.begin("POST", "/doedsbojournaler", #"{"cprNummer":"6101901234"}"#).descriptor)
        }
        #expect(creditor.search("6101901234")?.status == 200)
    }
}
