import EventLoop
import Portal
import Testing

/// What is wrong with settings is said before the first call: what, where, and what to do.
@Suite struct SetupTests {
    private func problems(_ settings: PortalSettings) -> [PortalSetupError.Problem] {
        do throws(PortalSetupError) {
            _ = try PortalClient(settings: settings, loop: EventLoop()) { _, _ in }
            return []
        } catch {
            return error.problems
        }
    }

    private func simulator(
        certificate: String?, key: String? = nil, password: String? = nil, ca: String? = nil
    ) -> PortalSettings {
        PortalSettings(
            environment: .simulator, url: "https://127.0.0.1:1", tokenAuthentication: .none,
            certificateFile: certificate.map(Certificates.file), keyFile: key.map(Certificates.file),
            keyPassword: password, caFile: ca.map(Certificates.file))
    }

    @Test(
        arguments: [
            ("client.pem", "client.key", nil), ("client.pem", "client-encrypted.key", "open-sesame"),
            ("client.p12", nil, "open-sesame"),
        ] as [(String, String?, String?)])
    func goodCredentialsAreAccepted(certificate: String, key: String?, password: String?) {
        #expect(problems(simulator(certificate: certificate, key: key, password: password, ca: "ca.pem")).isEmpty)
    }

    @Test(
        arguments: [
            ("client.pem", "stranger.key", nil, "portal.key.file", "does not belong to the certificate"),
            ("client.pem", nil, nil, "portal.certificate.file", "holds no private key"),
            ("client.pem", "nonsense.pem", nil, "portal.key.file", "holds no private key"),
            ("client.pem", "missing.key", nil, "portal.key.file", "cannot be read (No such file"),
            ("client.pem", "client-encrypted.key", nil, "portal.key.file", "is encrypted"),
            ("client.pem", "client-encrypted.key", "wrong-one", "portal.key.file", "this password does not open"),
            ("nonsense.pem", "client.key", nil, "portal.certificate.file", "holds no certificate"),
            ("missing.pem", "client.key", nil, "portal.certificate.file", "cannot be read"),
            ("client.p12", nil, "wrong-one", "portal.key.password.file", "cannot be opened with this password"),
            (nil, "client.key", nil, "portal.certificate.file", "a key is named and no certificate"),
        ] as [(String?, String?, String?, String, String)])
    func badCredentialsAreNamed(
        certificate: String?, key: String?, password: String?, setting: String, problem: String
    ) {
        let found = problems(simulator(certificate: certificate, key: key, password: password))
        #expect(found.map(\.setting) == [setting])
        #expect(found.first?.problem.contains(problem) == true)
        #expect(found.first?.remedy.isEmpty == false)
        #expect(found.first?.description.contains("wrong-one") == false)
    }

    @Test func aBadCAFileIsNamed() {
        #expect(problems(simulator(certificate: nil, ca: "nonsense.pem")).map(\.setting) == ["portal.ca.file"])
        #expect(problems(simulator(certificate: nil, ca: "missing.pem")).map(\.setting) == ["portal.ca.file"])
    }

    @Test func allProblemsAreToldAtOnce() {
        let settings = PortalSettings(
            environment: .production, url: "https://evil.example", tokenURL: "http://plain.example/token",
            callTimeout: 0)
        #expect(
            problems(settings).map(\.setting) == [
                "portal.url", "portal.token.url", "portal.client.id", "portal.certificate.file", "portal.call.timeout",
            ])
    }

    @Test func onlyTheSimulatorDoesWithoutAToken() {
        let settings = PortalSettings(environment: .test, tokenAuthentication: .none)
        #expect(problems(settings).map(\.setting) == ["portal.token.auth"])
    }

    @Test(arguments: ["", "ftp://host", "http://user@host", "http://host?x=1", "http://host/", "host"])
    func anAddressMustBeUsable(url: String) {
        let settings = PortalSettings(environment: .simulator, url: url, tokenAuthentication: .none)
        #expect(problems(settings).map(\.setting) == ["portal.url"])
    }

    @Test func aDescriptionHoldsNoPassword() {
        let settings = simulator(certificate: "client.p12", password: "open-sesame")
        var dumped = ""
        dump(settings, to: &dumped)
        for text in ["\(settings)", String(reflecting: settings), dumped] { #expect(!text.contains("open-sesame")) }
    }

    @Test func aKeyThatCannotSignIsNamed() {
        let settings = PortalSettings(
            environment: .simulator, url: "http://127.0.0.1:1", tokenURL: "http://127.0.0.1:1/token", clientID: "c",
            tokenAuthentication: .privateKeyJWT, certificateFile: Certificates.file("ec.pem"),
            keyFile: Certificates.file("ec.key"))
        #expect(problems(settings).map(\.problem) == ["the key cannot sign with PS256"])
    }
}
