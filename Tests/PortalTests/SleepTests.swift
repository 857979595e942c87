import Estates
import EventLoop
import Testing

@testable import Portal

@Suite struct SleepTests {
    @Test func aMachineThatSleptPastTheEndOfARequestDoesNotGoOnWithIt() throws {
        let server = ScriptedServer { _ in Reply(bytes: "HTTP/1.1 201 X\r\nContent-Length: 2\r\n\r\n{", then: .hang) }
        defer { server.stop() }
        let harness = try Harness(server) { $0.callTimeout = 600_000 }
        let transport = harness.client.transport
        var failure: PortalFailure?
        _ = harness.client.start(.submit, deadline: .max) { result in
            if case .failure(let found) = result { failure = found }
        }
        harness.turn { server.requests.count == 1 }
        // Not past its end yet: it goes on.
        transport.noteSleep(transport.asleepBefore + 1_000_000_000)
        harness.turn(milliseconds: 20)
        #expect(failure == nil)
        for transfer in transport.transfers.values { transfer.expiry = 0 }
        transport.noteSleep(transport.asleepBefore + 1_000_000_000)
        // Anything that happens on the connection now; by itself it would be a lost connection.
        server.stop()
        harness.turn { failure != nil }
        #expect(failure?.cause == .timedOut)
        #expect(failure?.mayHaveTakenEffect == true)
    }
}
