import Estates
import EventLoop
import Portal
import Testing

/// Each cause of failure, and whether the call may have taken effect.
@Suite(.serialized) struct FailureTests {
    private func fail(
        _ call: PortalCall, _ reply: Reply, change: (inout PortalSettings) -> Void = { _ in }
    ) throws -> PortalFailure {
        let server = ScriptedServer { _ in reply }
        defer { server.stop() }
        return try #require(try Harness(server, change: change).failure(call))
    }

    @Test(arguments: [400, 403, 404, 409, 410, 422, 429])
    func aRefusalHasNoEffect(status: Int) throws {
        let failure = try fail(.submit, .json(status, #"{"kode":"UGYLDIG","besked":"Hr. Hansen 610190-1234"}"#))
        #expect(failure.cause == .status(status, code: "UGYLDIG"))
        #expect(!failure.mayHaveTakenEffect)
        #expect(!failure.ofToken)
        #expect(!failure.detail.contains("Hansen"))
    }

    @Test(arguments: [500, 502, 503, 504])
    func aServerErrorMayHaveAnEffectOnlyForAChange(status: Int) throws {
        #expect(try fail(.submit, .json(status, "<html>")).mayHaveTakenEffect)
        #expect(try fail(.withdraw, .json(status, "")).mayHaveTakenEffect)
        let failure = try fail(.search, .json(status, ""))
        #expect(failure.cause == .status(status, code: nil))
        #expect(!failure.mayHaveTakenEffect)
    }

    @Test func aRefusalCountsEvenWhenItsBodyIsCutOff() throws {
        let cut = Reply(bytes: "HTTP/1.1 409 X\r\nContent-Length: 500\r\n\r\n{", then: .close)
        let failure = try fail(.submit, cut)
        #expect(failure.cause == .status(409, code: nil))
        #expect(!failure.mayHaveTakenEffect)
    }

    @Test func anErrorCodeThatCouldHoldPersonalDataIsNotShown() throws {
        for code in ["6101901234", "Hr. Hansen", "a\\nb", String(repeating: "x", count: 65)] {
            #expect(try fail(.search, .json(400, #"{"kode":"\#(code)"}"#)).cause == .status(400, code: nil))
        }
    }

    @Test func retryAfterIsReadAsSecondsAndAsADate() throws {
        #expect(try fail(.submit, .json(429, "", ["Retry-After: 7"])).retryAfter == 7000)
        #expect(try fail(.submit, .json(503, "", ["Retry-After: Sun, 06 Nov 1994 08:49:37 GMT"])).retryAfter == 0)
        let far = try fail(.submit, .json(503, "", ["Retry-After: Fri, 31 Dec 2100 23:59:59 GMT"]))
        #expect(far.retryAfter == 604_800_000)
        #expect(try fail(.submit, .json(503, "", ["Retry-After: soon"])).retryAfter == nil)
        #expect(try fail(.submit, .json(503, "")).retryAfter == nil)
    }

    @Test func aRedirectIsNotFollowed() throws {
        let server = ScriptedServer { _ in .oneEstate }
        defer { server.stop() }
        for (status, effect) in [(301, false), (302, true), (303, true), (307, false), (308, false)] {
            let failure = try fail(.submit, .json(status, "", ["Location: \(server.url)/"]))
            #expect(failure.cause == .redirected)
            #expect(failure.mayHaveTakenEffect == effect)
        }
        #expect(server.connections == 0)
    }

    @Test(arguments: [
        "<html><body>Velkommen</body></html>", #"{"id":"F-1","kvittering":{"id":"K"#, "", "[]", #"{"id":"F-1"}"#,
        #"{"id":5,"kvittering":{"id":"K","modtaget":"T"}}"#,
    ])
    func aSuccessWithAnotherBodyMayHaveTakenEffect(body: String) throws {
        let failure = try fail(.submit, .json(200, body))
        #expect(failure.cause == .unexpectedBody)
        #expect(failure.mayHaveTakenEffect)
        #expect(!failure.detail.contains("Velkommen") && !failure.detail.contains("F-1"))
        #expect(try !fail(.search, .json(200, body.isEmpty ? "x" : "<\(body)")).mayHaveTakenEffect)
    }

    @Test func theMissingFieldIsNamed() throws {
        #expect(
            try fail(.submit, .json(201, #"{"id":"F-1","kvittering":{"id":"K"}}"#)).detail
                == "the field kvittering.modtaget is missing")
    }

    @Test func aBodyIsBounded() throws {
        let large = Reply.json(201, "[\"" + String(repeating: "x", count: 200_000) + "\"]")
        let failure = try fail(.submit, large) { $0.maximumBodySize = 100_000 }
        #expect(failure.cause == .bodyTooLarge)
        #expect(failure.mayHaveTakenEffect)
        #expect(try !fail(.search, large) { $0.maximumBodySize = 100_000 }.mayHaveTakenEffect)
    }

    @Test func nobodyListens() throws {
        let server = ScriptedServer { _ in .oneEstate }
        let harness = try Harness(server)
        server.stop()
        harness.turn(milliseconds: 20)
        let failure = try #require(harness.failure(.submit))
        #expect(failure.cause == .connectionRefused)
        #expect(!failure.mayHaveTakenEffect)
    }

    @Test func theNameDoesNotResolve() throws {
        let settings = PortalSettings(
            environment: .simulator, url: "http://portal.invalid", tokenAuthentication: .none)
        let failure = try #require(try Harness(settings).failure(.submit))
        #expect(failure.cause == .nameNotResolved)
        #expect(!failure.mayHaveTakenEffect)
    }

    @Test func noAnswerInTime() throws {
        let failure = try fail(.submit, .hang) { $0.callTimeout = 1000 }
        #expect(failure.cause == .timedOut)
        #expect(failure.mayHaveTakenEffect)
        #expect(try !fail(.search, .hang) { $0.callTimeout = 1000 }.mayHaveTakenEffect)
    }

    @Test func theAnswerIsCutOff() throws {
        for then in [Reply.Then.close, .reset] {
            let cut = Reply(bytes: "HTTP/1.1 201 X\r\nContent-Length: 500\r\n\r\n{\"id\"", then: then)
            let failure = try fail(.submit, cut)
            #expect(failure.cause == .connectionLost)
            #expect(failure.mayHaveTakenEffect)
        }
    }

    @Test func itIsNotHTTP() throws {
        let failure = try fail(.submit, Reply(bytes: "SSH-2.0-OpenSSH_9.2\r\n", then: .close))
        #expect(failure.mayHaveTakenEffect)
    }
}
