import Estates
import EventLoop
import Portal
import Testing

/// A shadow reads at the portal and has no way to change anything there.
@Suite(.serialized) struct ShadowTests {
    private let loop = EventLoop()

    private func answer(_ call: PortalCall, of portal: ShadowPortal) -> Result<PortalAnswer, PortalFailure>? {
        var result: Result<PortalAnswer, PortalFailure>?
        let deadline = Harness.deadline(inMilliseconds: 15_000)
        _ = portal.start(call, deadline: deadline) { result = $0 }
        while result == nil, MonotonicClock.nanoseconds() < deadline { loop.turn() }
        return result
    }

    private func shadow(of server: ScriptedServer) throws -> ShadowPortal {
        try ShadowPortal(
            settings: PortalSettings(environment: .simulator, url: server.url, tokenAuthentication: .none), loop: loop
        ) { _, _ in }
    }

    @Test func noChangingCallOfAShadowReachesThePortal() throws {
        let server = ScriptedServer { _ in .receipt }
        defer { server.stop() }
        let portal = try shadow(of: server)
        let identity = PortalCall.identity()
        let attachment = Attachment(
            name: "A", mediaType: "text/plain", digest: FileDigest(bytes: Array(repeating: 0, count: 32)), size: nil,
            content: .file("A"))
        let upload = PortalCall.attach(
            EstateID("D-1"), FilingID("F-1"), identity, attachment, record: [], idempotencyKey: "k")
        for call in [.submit, .amend, .withdraw, upload] {
            #expect(call.changesSomething)
            #expect(answer(call, of: portal) == .success(.rehearsed))
        }
        #expect(server.requests.isEmpty)
        #expect(server.connections == 0)
    }

    @Test func aShadowReadsAtThePortal() throws {
        let server = ScriptedServer { $0.method == "GET" ? .json(200, "[]") : .oneEstate }
        defer { server.stop() }
        let portal = try shadow(of: server)
        guard case .success(.estates(let estates)) = answer(.search, of: portal) else {
            Issue.record("the search was not answered")
            return
        }
        #expect(estates.count == 1)
        #expect(answer(.lookUp, of: portal) == .success(.filings([])))
        #expect(server.requests.map(\.method) == ["POST", "GET"])
        #expect(portal.callsInFlight == 0)
    }
}
