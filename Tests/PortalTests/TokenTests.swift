import Estates
import Testing

@testable import Portal

@Suite(.serialized) struct TokenTests {
    /// A server whose tokens are numbered, and which accepts those that `accepts` does.
    private func server(
        life: Int = 300, delay: Int = 0, accepts: @escaping @Sendable (String) -> Bool = { _ in true }
    ) -> ScriptedServer {
        ScriptedServer { request in
            if request.target == "/token" {
                let body = #"{"access_token":"secret-\#(request.number)","token_type":"bearer","expires_in":\#(life)}"#
                return .json(200, body, delay: delay)
            }
            return accepts(request.headers["authorization"] ?? "") ? .receipt : .json(401, "{}")
        }
    }

    private func tokenRequests(_ server: ScriptedServer) -> [Request] {
        server.requests.filter { $0.target == "/token" }
    }

    private func lastToken(_ server: ScriptedServer) -> String? {
        server.requests.last { $0.target != "/token" }?.headers["authorization"]
    }

    @Test func aTokenIsFetchedOnceAndCarried() throws {
        let server = server()
        defer { server.stop() }
        let harness = try Harness(server, token: .mutualTLS) { $0.tokenScope = "a b" }
        for _ in 0..<3 { #expect(throws: Never.self) { try harness.call(.submit).get() } }
        let requests = tokenRequests(server)
        #expect(requests.count == 1)
        #expect(requests.first?.body == "grant_type=client_credentials&client_id=our-client&scope=a%20b")
        #expect(requests.first?.headers["content-type"] == "application/x-www-form-urlencoded")
        #expect(lastToken(server) == "Bearer secret-1")
        #expect(!harness.log.all.joined().contains("secret"))
    }

    @Test func fiftyCallsWaitForOneToken() throws {
        let server = server(delay: 50)
        defer { server.stop() }
        let harness = try Harness(server, token: .mutualTLS)
        var answered = 0
        for _ in 0..<50 {
            _ = harness.client.start(.submit, deadline: .max) { if case .success = $0 { answered += 1 } }
        }
        harness.turn { harness.client.callsInFlight == 0 }
        #expect(answered == 50)
        #expect(tokenRequests(server).count == 1)
        #expect(harness.client.statistics.tokenRequests == 1)
    }

    @Test func aTokenThatIsRefusedIsRenewedOnce() throws {
        let server = server { $0 != "Bearer secret-1" }
        defer { server.stop() }
        let harness = try Harness(server, token: .mutualTLS)
        var answered = 0
        for _ in 0..<10 {
            _ = harness.client.start(.submit, deadline: .max) { if case .success = $0 { answered += 1 } }
        }
        harness.turn { harness.client.callsInFlight == 0 }
        #expect(answered == 10)
        #expect(tokenRequests(server).count == 2)
    }

    @Test func aSecondRefusalIsTheAnswer() throws {
        let server = server { _ in false }
        defer { server.stop() }
        let failure = try #require(try Harness(server, token: .mutualTLS).failure(.submit))
        #expect(failure.cause == .status(401, code: nil))
        #expect(!failure.mayHaveTakenEffect)
        #expect(!failure.ofToken)
        #expect(server.requests.count == 4)
    }

    @Test func aTokenIsRenewedAheadOfItsEndWhileCallsGoOn() throws {
        let server = server(delay: 100)
        defer { server.stop() }
        let harness = try Harness(server, token: .mutualTLS)
        _ = harness.call(.submit)
        let old = try #require(harness.client.tokens?.current)
        // As if its end were near: this call goes out with the old token and has a new one fetched.
        old.renewFrom = 0
        #expect(throws: Never.self) { try harness.call(.submit).get() }
        #expect(lastToken(server) == "Bearer secret-1")
        harness.turn { harness.client.tokens?.current !== old }
        #expect(throws: Never.self) { try harness.call(.submit).get() }
        #expect(lastToken(server) != "Bearer secret-1")
        #expect(tokenRequests(server).count == 2)
    }

    @Test(arguments: [
        Reply.json(401, #"{"error":"invalid_client","error_description":"secret"}"#), .json(200, "<html>"),
        .json(200, #"{"access_token":"a\r\nX: y","token_type":"Bearer"}"#),
        .json(200, #"{"access_token":"a","token_type":"Bearer","expires_in":0}"#),
        .json(200, #"{"access_token":"a","token_type":"mac"}"#), .json(200, #"{"token_type":"Bearer"}"#), .close,
        .json(503, "", ["Retry-After: 3"]),
    ])
    func withoutATokenNoCallIsMade(reply: Reply) throws {
        let server = ScriptedServer { _ in reply }
        defer { server.stop() }
        let harness = try Harness(server, token: .mutualTLS)
        let failure = try #require(harness.failure(.submit))
        #expect(failure.ofToken)
        #expect(!failure.mayHaveTakenEffect)
        #expect(!failure.detail.contains("secret"))
        #expect(server.requests.map(\.target) == ["/token"])
        #expect(harness.client.statistics.tokenFailures == 1)
        #expect(harness.client.statistics[.submit][.credential] == 1)
        if failure.status == 401 { #expect(failure.cause == .status(401, code: "invalid_client")) }
        if failure.status == 503 { #expect(failure.retryAfter == 3000) }
    }

    @Test func theDeadlineIsLookedAtAfterTheWaitForAToken() throws {
        let server = server(delay: 1500)
        defer { server.stop() }
        let harness = try Harness(server, token: .mutualTLS)
        let failure = try #require(
            harness.failure(.submit, deadline: Harness.deadline(inMilliseconds: 500)))
        #expect(failure.cause == .notStarted)
        #expect(!failure.mayHaveTakenEffect)
        harness.turn { harness.client.tokens?.current != nil }
        harness.turn(milliseconds: 100)
        #expect(server.requests.map(\.target) == ["/token"])
    }

    @Test func aTokenCanBeCheckedFor() throws {
        let server = server()
        defer { server.stop() }
        var seconds: Int64?
        let harness = try Harness(server, token: .mutualTLS)
        harness.client.checkToken { seconds = try? $0.get() }
        #expect(seconds == nil)
        harness.turn { seconds != nil }
        #expect((285...300).contains(seconds ?? 0))
    }
}
