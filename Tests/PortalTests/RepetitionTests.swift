import Estates
import Portal
import Testing

/// A changing request leaves at most once.
@Suite(.serialized) struct RepetitionTests {
    /// curl by itself repeats a request when a kept connection dies before the answer. The search is the control: it is
    /// repeated, so the situation is the one in which that happens.
    @Test(arguments: [Reply.close, Reply.reset])
    func aRequestIsNotRepeatedWhenAKeptConnectionDies(cut: Reply) throws {
        for call in [PortalCall.submit, .amend, .withdraw] {
            let server = ScriptedServer { $0.number == 1 ? .oneEstate : cut }
            defer { server.stop() }
            let harness = try Harness(server)
            _ = harness.call(.search)
            let failure = try #require(harness.failure(call))
            #expect(failure.cause == .connectionLost)
            #expect(failure.mayHaveTakenEffect)
            harness.turn(milliseconds: 50)
            #expect(server.requests.count == 2)
            #expect(server.requests.map(\.connection) == [1, 1])
        }
    }

    @Test func aSearchIsRepeatedOnAFreshConnection() throws {
        let server = ScriptedServer { $0.number == 2 ? .close : .oneEstate }
        defer { server.stop() }
        let harness = try Harness(server)
        _ = harness.call(.search)
        #expect(throws: Never.self) { try harness.call(.search).get() }
        #expect(server.requests.map(\.connection) == [1, 1, 2])
    }

    @Test func aRequestIsNotRepeatedWhenAFreshConnectionDies() throws {
        let server = ScriptedServer { _ in .close }
        defer { server.stop() }
        let failure = try #require(try Harness(server).failure(.submit))
        #expect(failure.cause == .connectionLost)
        #expect(failure.mayHaveTakenEffect)
        #expect(server.requests.count == 1)
    }

    /// The server closed the kept connection while nothing was under way: curl sees it before it sends.
    @Test func aConnectionThatWasClosedWhileIdleDoesNotLoseTheRequest() throws {
        let server = ScriptedServer { request in
            var reply = request.number == 1 ? Reply.oneEstate : .receipt
            reply.then = request.number == 1 ? .close : .keep
            return reply
        }
        defer { server.stop() }
        let harness = try Harness(server)
        _ = harness.call(.search)
        harness.look { server.openConnections == 0 }
        harness.turn(milliseconds: 50)
        #expect(throws: Never.self) { try harness.call(.submit).get() }
        #expect(server.requests.map(\.connection) == [1, 2])
    }

    @Test func aServerThatDoesNotExpectALargeBodyGetsItOnce() throws {
        let server = ScriptedServer { _ in .json(417, "{}") }
        defer { server.stop() }
        let large = FilingContents(body: .inquiry(legalInterest: String(repeating: "x", count: 2 << 20)))
        let call = PortalCall.submit(EstateID("D-1"), PortalCall.identity(), large, idempotencyKey: "k")
        #expect(try Harness(server).failure(call)?.cause == .status(417, code: nil))
        #expect(server.requests.count == 1)
    }
}
