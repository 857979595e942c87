import Estates
import EventLoop
import Portal
import Testing

/// Deadlines, cancellation, and when a completion is called.
@Suite(.serialized) struct DeadlineTests {
    @Test func pastItsDeadlineNoByteLeaves() throws {
        let server = ScriptedServer { _ in .receipt }
        defer { server.stop() }
        let harness = try Harness(server)
        for deadline in [0, MonotonicClock.nanoseconds() - 1, MonotonicClock.nanoseconds() + 1000] {
            let failure = try #require(harness.failure(.submit, deadline: deadline))
            #expect(failure.cause == .notStarted)
            #expect(!failure.mayHaveTakenEffect)
        }
        _ = harness.call(.search)
        #expect(server.requests.count == 1)
        #expect(harness.client.statistics[.submit][.notStarted] == 3)
    }

    /// The deadline passes between the start and the moment in which the connection is ready.
    @Test func theDeadlineIsLookedAtRightBeforeTheBytesGoOut() throws {
        let server = ScriptedServer { _ in .receipt }
        defer { server.stop() }
        let harness = try Harness(server)
        var failure: PortalFailure?
        let deadline = Harness.deadline(inMilliseconds: 30)
        _ = harness.client.start(.submit, deadline: deadline) { result in
            if case .failure(let found) = result { failure = found }
        }
        // Nobody turns the loop in time, as when the process is stopped.
        while MonotonicClock.nanoseconds() < deadline {}
        harness.turn { harness.client.callsInFlight == 0 }
        #expect(failure?.mayHaveTakenEffect == false)
        #expect(server.requests.isEmpty)
    }

    @Test func theCallEndsAtItsDeadline() throws {
        let server = ScriptedServer { _ in .hang }
        defer { server.stop() }
        let started = MonotonicClock.milliseconds()
        let failure = try #require(
            try Harness(server).failure(.submit, deadline: Harness.deadline(inMilliseconds: 1000)))
        #expect(failure.cause == .timedOut)
        #expect(failure.mayHaveTakenEffect)
        #expect((900...15_000).contains(MonotonicClock.milliseconds() - started))
    }

    /// All of the request is in the kernel's buffers when it is given up, and the server reads only then.
    @Test func aRequestThatWasGivenUpIsNotDeliveredLater() throws {
        let server = ScriptedServer(slowness: 4000) { _ in .receipt }
        defer { server.stop() }
        let large = FilingContents(body: .inquiry(legalInterest: String(repeating: "x", count: 900_000)))
        let call = PortalCall.submit(EstateID("D-1"), PortalCall.identity(), large, idempotencyKey: "k")
        let harness = try Harness(server)
        let failure = try #require(harness.failure(call, deadline: Harness.deadline(inMilliseconds: 1000)))
        #expect(failure.cause == .timedOut)
        #expect(failure.mayHaveTakenEffect)
        // The server has read all that it can get.
        harness.look { server.connections == 1 && server.openConnections == 0 }
        #expect(server.connections == 1 && server.openConnections == 0)
        #expect(server.requests.isEmpty)
    }

    @Test func aCompletionIsNotCalledFromWithinStartOrCancel() throws {
        let server = ScriptedServer { _ in .hang }
        defer { server.stop() }
        let harness = try Harness(server)
        var calls = 0
        _ = harness.client.start(.submit, deadline: 0) { _ in calls += 1 }
        let id = harness.client.start(.submit, deadline: .max) { _ in calls += 1 }
        harness.client.cancel(id)
        #expect(calls == 0)
        #expect(harness.client.callsInFlight == 2)
        harness.turn { calls == 2 }
        #expect(harness.client.callsInFlight == 0)
        harness.client.cancel(id)
        harness.turn(milliseconds: 20)
        #expect(calls == 2)
    }

    @Test func cancellingTellsWhetherTheCallMayHaveTakenEffect() throws {
        let server = ScriptedServer { _ in .hang }
        defer { server.stop() }
        let harness = try Harness(server)
        var failures: [PortalFailure] = []
        func start(_ call: PortalCall) -> CallID {
            harness.client.start(call, deadline: .max) { result in
                if case .failure(let failure) = result { failures.append(failure) }
            }
        }
        harness.client.cancel(start(.submit))
        let sent = [start(.submit), start(.search)]
        harness.turn { server.requests.count == 2 || failures.count > 1 }
        sent.forEach(harness.client.cancel)
        harness.turn { failures.count == 3 }
        #expect(failures.map(\.cause) == [.notStarted, .connectionLost, .connectionLost])
        #expect(failures.map(\.mayHaveTakenEffect) == [false, true, false])
    }

    @Test func aCompletionMayStartAndCancelCallsAndShutDown() throws {
        let server = ScriptedServer { _ in .oneEstate }
        defer { server.stop() }
        let harness = try Harness(server)
        var isOver = false
        _ = harness.client.start(.search, deadline: .max) { _ in
            let other = harness.client.start(.search, deadline: .max) { _ in }
            harness.client.cancel(other)
            _ = harness.client.start(.search, deadline: .max) { _ in
                harness.client.shutDown()
                isOver = true
            }
        }
        harness.turn { isOver }
        #expect(harness.client.callsInFlight == 0)
    }
}
