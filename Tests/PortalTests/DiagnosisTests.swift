import Estates
import EventLoop
import Portal
import Testing

/// The one true cause is named, in the order in which a person would put things right.
@Suite(.serialized) struct DiagnosisTests {
    private let folder = Folder()

    private func run(_ settings: PortalSettings, search: PortalCall? = .search) -> [PortalFinding] {
        let loop = EventLoop()
        let diagnosis = PortalDiagnosis(settings: settings, loop: loop)
        var found: [PortalFinding]?
        diagnosis.run(search: search) { found = $0 }
        while found == nil { loop.turn() }
        return found ?? []
    }

    private func settings(
        _ server: ScriptedServer?, _ certificates: [TestCertificate] = [.testLeaf, .testIssuing],
        token: PortalSettings.TokenAuthentication = .mutualTLS
    ) -> PortalSettings {
        let url = server?.url ?? "https://127.0.0.1:1"
        var settings = PortalSettings(
            environment: .simulator, url: url, tokenURL: "\(url)/token", clientID: "c", tokenAuthentication: token)
        settings.certificateFile = folder.write("certificate.pem", certificates.map(\.pem).joined())
        settings.keyFile = folder.write("key.pem", TestKey.leaf.pem())
        settings.caFile = Certificates.file("ca.pem")
        return settings
    }

    private func server(_ name: String = "server", token: Reply = .token, search: Reply = .noEstates) -> ScriptedServer
    {
        folder.write("clients.pem", [TestCertificate.testRoot, .testIssuing].map(\.pem).joined())
        let tls = TLSServer(
            certificate: Certificates.file("\(name).pem"), key: Certificates.file("\(name).key"), clients: .required,
            clientCA: folder.file("clients.pem"))
        return ScriptedServer(tls: tls) { $0.target == "/token" ? token : search }
    }

    private func failures(_ findings: [PortalFinding]) -> [String] {
        #expect(findings.map(\.check) == PortalFinding.Check.allCases)
        for finding in findings where finding.outcome == .failed {
            #expect(finding.code != nil && finding.expected != nil && finding.remedy?.isEmpty == false)
        }
        return findings.filter { $0.outcome == .failed }.map { "\($0.check.rawValue) \($0.code ?? "")" }
    }

    @Test func allIsWell() {
        let server = server()
        defer { server.stop() }
        let findings = run(settings(server))
        #expect(failures(findings) == [])
        #expect(findings.allSatisfy { $0.outcome == .passed })
        #expect(findings[1].found == "test, oces3, CVR 97281536")
    }

    @Test func withoutASearchTheRestIsChecked() {
        let server = server()
        defer { server.stop() }
        let findings = run(settings(server), search: nil)
        #expect(failures(findings) == [])
        #expect(findings.filter { $0.outcome == .skipped }.map(\.check) == [.search])
        #expect(server.requests.map(\.target) == ["/token"])
    }

    @Test func whatIsWrongWithFilesIsFoundWithoutAConnection() {
        let server = server()
        defer { server.stop() }
        var old = TestCertificate.productionLeaf
        old.from = -30
        old.until = -1
        var wrong = settings(server, [old])
        wrong.keyFile = folder.write("other.pem", TestKey.otherLeaf.pem())
        wrong.url = "https://api.domstol.dk"
        #expect(
            failures(run(wrong)) == [
                "certificate-class production-certificate-in-simulator", "certificate-validity expired",
                "certificate-key key-mismatch", "environment courts-host-in-simulator",
            ])
        #expect(server.connections == 0)
    }

    @Test func anExpiryThatIsNearIsAWarning() {
        var leaf = TestCertificate.testLeaf
        leaf.until = 12
        let finding = PortalDiagnosis.offline(settings(nil, [leaf, .testIssuing]))[2]
        #expect(finding.outcome == .warning)
        #expect(finding.code == "expires-soon")
    }

    @Test func eachStepOfTheWayIsToldApart() {
        var nowhere = settings(nil)
        #expect(failures(run(nowhere)) == ["tcp connection-refused"])
        nowhere.url = "https://nowhere.invalid"
        nowhere.tokenURL = "https://nowhere.invalid/token"
        #expect(failures(run(nowhere)) == ["dns name-not-resolved"])

        let elsewhere = server("elsewhere")
        defer { elsewhere.stop() }
        #expect(failures(run(settings(elsewhere))) == ["server-certificate server-certificate-refused"])

        let good = server()
        defer { good.stop() }
        let stranger = TestCertificate(issuer: .testRoot, signer: .stranger, hasKeyIdentifiers: false)
        #expect(failures(run(settings(good, [stranger]))) == ["client-certificate other"])
        let unknown = TestCertificate(issuer: TestName(("CN", "somebody")), signer: .stranger)
        #expect(failures(run(settings(good, [unknown]))) == ["client-certificate unknown-issuer"])
        var none = settings(good)
        none.certificateFile = nil
        none.keyFile = nil
        #expect(failures(run(none)) == ["client-certificate required"])

        let refusing = server(token: .json(401, #"{"error":"invalid_client"}"#))
        defer { refusing.stop() }
        #expect(failures(run(settings(refusing))) == ["token token-refused"])

        let unregistered = server(search: .json(403, "{}"))
        defer { unregistered.stop() }
        #expect(failures(run(settings(unregistered))) == ["search not-registered"])

        let other = server(search: .json(200, "<html>"))
        defer { other.stop() }
        #expect(failures(run(settings(other))) == ["search unexpected-api"])
    }

    /// Tokens come from one host and estates from another: what was reached stays reached.
    @Test func aPortalThatIsDownDoesNotSpoilTheToken() {
        let server = server()
        defer { server.stop() }
        var halfway = settings(server)
        halfway.url = "https://127.0.0.1:1"
        let findings = run(halfway)
        #expect(failures(findings) == ["tcp connection-refused"])
        #expect(findings.first { $0.check == .token }?.outcome == .passed)
    }
}
