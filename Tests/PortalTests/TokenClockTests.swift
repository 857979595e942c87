import Estates
import Glibc
import Testing

@testable import Portal

/// Tokens when clocks differ, and what may never be seen.
@Suite(.serialized) struct TokenClockTests {
    /// As RFC 9110 § 5.6.7 wants a date.
    private static func date(in seconds: Int) -> String {
        var now = time(nil) + seconds
        var parts = tm()
        gmtime_r(&now, &parts)
        var text = [CChar](repeating: 0, count: 64)
        strftime(&text, text.count, "%a, %d %b %Y %H:%M:%S GMT", &parts)
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Refuses the first token request with a date by its own clock, as a server does that finds an assertion expired.
    @Test(arguments: [3600, -3600]) func anAssertionIsDatedByTheServersClock(skew: Int) throws {
        let server = ScriptedServer { request in
            if request.target != "/token" { return .receipt }
            let date = ["Date: \(TokenClockTests.date(in: skew))"]
            return request.number == 1
                ? .json(401, #"{"error":"invalid_client"}"#, date)
                : .json(200, #"{"access_token":"secret-1","token_type":"Bearer","expires_in":300}"#, date)
        }
        defer { server.stop() }
        let harness = try Harness(server, token: .privateKeyJWT) { settings in
            settings.certificateFile = Certificates.file("client.pem")
            settings.keyFile = Certificates.file("client.key")
        }
        #expect(harness.failure(.submit)?.ofToken == true)
        #expect(throws: Never.self) { try harness.call(.submit).get() }
        let assertions = server.requests.filter { $0.target == "/token" }.compactMap {
            $0.body.split(separator: "client_assertion=").last.map(String.init)
        }
        try #require(assertions.count == 2)
        let (file, audience) = (Certificates.file("client.pem"), "\(server.url)/token")
        try Assertion.check(assertions[0], certificate: file, audience: audience)
        try Assertion.check(assertions[1], certificate: file, audience: audience, skew: Int64(skew))
        #expect(harness.log.all.filter { $0.contains("clock is 3") }.count == 1)
        for line in harness.log.all {
            #expect(!line.contains("secret") && !assertions.contains { line.contains($0) })
        }
    }

    @Test func aClockThatIsOffByMoreThanADayIsNotFollowed() {
        var clock = ServerClock { _, _ in }
        clock.note(date: "Wed, 25 Nov 2026 12:00:00 GMT", ours: 1_795_608_000 - 90_000)
        #expect(clock.now(ours: 1000) == 1000)
        clock.note(date: "Wed, 25 Nov 2026 12:00:00 GMT", ours: 1_795_608_000 - 80_000)
        #expect(clock.now(ours: 1000) == 81_000)
        clock.note(date: "nonsense", ours: 5)
        #expect(clock.now(ours: 1000) == 81_000)
        clock.note(date: "Wed, 25 Nov 2026 12:00:00 GMT", ours: 1_795_608_000 - 5)
        #expect(clock.now(ours: 1000) == 1000)
    }

    @Test func noTwoAssertionsShareAnIdentifier() throws {
        var settings = PortalSettings(environment: .simulator, tokenAuthentication: .privateKeyJWT)
        settings.certificateFile = Certificates.file("client.pem")
        settings.keyFile = Certificates.file("client.key")
        var reader = CredentialReader(settings: settings)
        let credentials = try #require(reader.read()?.credentials)
        let assertion = ClientAssertion(clientID: "c", audience: "a", credentials: credentials)
        let claims = (0..<100).compactMap { _ in assertion.sign(now: 1_795_608_000)?.split(separator: ".")[1] }
        #expect(Set(claims).count == 100)
    }

    /// At 80 % of its life, or 30 s before its end.
    @Test(arguments: [(5, 4), (50, 40), (100, 70), (300, 240)] as [(Int64, Int64)])
    func aTokenIsRenewedWhenItsEndIsNear(life: Int64, renewal: Int64) {
        #expect(AccessToken(text: "t", validFrom: 0, seconds: life)?.renewFrom == renewal * 1_000_000_000)
    }

    @Test(arguments: [(Int64.max, 86_400), (1, 1), (-5, 0)] as [(Int64, Int64)])
    func aTokensLifeIsBounded(claimed: Int64, kept: Int64) {
        let token = AccessToken(text: "t", validFrom: 0, seconds: claimed)
        #expect(token?.validUntil == kept * 1_000_000_000)
        #expect((token?.renewFrom ?? 0) <= kept * 1_000_000_000)
    }
}
