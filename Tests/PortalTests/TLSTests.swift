import COpenSSL
import Estates
import Portal
import Testing

/// Who trusts whom. The server's certificate is always verified; there is no switch for it.
@Suite(.serialized) struct TLSTests {
    private func server(
        _ name: String = "server", clients: TLSServer.ClientCertificate = .notAsked, version: CInt? = nil,
        clientCA: String = "ca.pem"
    ) -> ScriptedServer {
        let tls = TLSServer(
            certificate: Certificates.file("\(name).pem"), key: Certificates.file("\(name).key"), clients: clients,
            clientCA: Certificates.file(clientCA), version: version)
        return ScriptedServer(tls: tls) { $0.target == "/token" ? .token : .receipt }
    }

    private func harness(
        _ server: ScriptedServer, ca: String? = "ca.pem", client: String? = nil,
        token: PortalSettings.TokenAuthentication = .none
    ) throws -> Harness {
        try Harness(server, token: token) { settings in
            settings.caFile = ca.map(Certificates.file)
            settings.certificateFile = client.map { Certificates.file("\($0).pem") }
            settings.keyFile = client.map { Certificates.file("\($0).key") }
        }
    }

    @Test func aTrustedServerIsTalkedToAndTheConnectionKept() throws {
        let server = server()
        defer { server.stop() }
        let harness = try harness(server)
        for _ in 0..<5 { #expect(throws: Never.self) { try harness.call(.submit).get() } }
        #expect(server.connections == 1)
    }

    @Test(arguments: [("elsewhere", "ca.pem" as String?), ("server", "other-ca.pem"), ("server", nil)])
    func aServerThatDoesNotVerifyGetsNoByte(name: String, ca: String?) throws {
        let server = server(name)
        defer { server.stop() }
        let failure = try #require(try harness(server, ca: ca).failure(.submit))
        #expect(failure.cause == .serverCertificateRefused)
        #expect(!failure.mayHaveTakenEffect)
        let reason = name == "elsewhere" ? "for another host" : "an issuer that is not trusted"
        #expect(failure.detail.contains(reason))
        #expect(server.requests.isEmpty)
    }

    @Test(arguments: [nil, TLS1_2_VERSION])
    func ourCertificateIsPresented(version: CInt?) throws {
        let server = server(clients: .required, version: version)
        defer { server.stop() }
        #expect(throws: Never.self) { try harness(server, client: "client").call(.submit).get() }
    }

    /// In TLS 1.3 the alert comes after our side thinks that the handshake is over and has sent the request.
    @Test(arguments: [
        (TLSServer.ClientCertificate.required, "stranger", PortalFailure.ClientCertificateAlert.unknownIssuer),
        (.judgedExpired, "client", .expired), (.judgedRevoked, "client", .revoked),
    ])
    func theServerRefusesOurCertificate(
        clients: TLSServer.ClientCertificate, client: String, alert: PortalFailure.ClientCertificateAlert
    ) throws {
        for version in [nil, TLS1_2_VERSION] {
            let server = server(clients: clients, version: version)
            defer { server.stop() }
            let failure = try #require(try harness(server, client: client).failure(.submit))
            #expect(failure.cause == .clientCertificateRefused(alert))
            #expect(!failure.mayHaveTakenEffect)
            #expect(server.requests.isEmpty)
        }
    }

    @Test func theServerWantsACertificateAndWeHaveNone() throws {
        let server = server(clients: .required)
        defer { server.stop() }
        let failure = try #require(try harness(server).failure(.submit))
        #expect(failure.cause == .clientCertificateRefused(.required))
        #expect(!failure.mayHaveTakenEffect)
    }

    @Test func aRequestIsNotRepeatedOverTLSEither() throws {
        let tls = TLSServer(certificate: Certificates.file("server.pem"), key: Certificates.file("server.key"))
        let server = ScriptedServer(tls: tls) { $0.number == 1 ? .oneEstate : .close }
        defer { server.stop() }
        let harness = try harness(server)
        _ = harness.call(.search)
        let failure = try #require(harness.failure(.submit))
        #expect(failure.cause == .connectionLost)
        #expect(failure.mayHaveTakenEffect)
        #expect(server.requests.count == 2)
    }

    @Test func itIsNotTLS() throws {
        let server = ScriptedServer { _ in .receipt }
        defer { server.stop() }
        let settings = PortalSettings(
            environment: .simulator, url: "https://127.0.0.1:\(server.port)", tokenAuthentication: .none)
        let harness = try Harness(settings)
        var failure: PortalFailure?
        _ = harness.client.start(.submit, deadline: Harness.deadline(inMilliseconds: 300)) { result in
            if case .failure(let found) = result { failure = found }
        }
        harness.turn { failure != nil }
        #expect(failure?.mayHaveTakenEffect == false)
    }

    @Test func aTokenIsBoughtWithASignedAssertion() throws {
        let server = server()
        defer { server.stop() }
        let harness = try harness(server, client: "client", token: .privateKeyJWT)
        #expect(throws: Never.self) { try harness.call(.submit).get() }
        let form = try #require(server.requests.first?.body)
        #expect(form.contains("client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"))
        let assertion = try #require(form.split(separator: "client_assertion=").last.map(String.init))
        try Assertion.check(assertion, certificate: Certificates.file("client.pem"), audience: "\(server.url)/token")
    }
}
