import Testing

@testable import PortalSimulator

@Suite("TLS with client certificates")
struct TLSTests {
    @Test func onlyAClientWithACertificateOfTheAuthorityGetsIn() throws {
        let certificates = TestCertificates()
        let server = PortalSimulator.Options.TLS(
            certificatePEM: try certificates.pem("server.pem"), keyPEM: try certificates.pem("server.key"))
        let authority = try certificates.pem("ca.pem")
        let creditor = try Creditor {
            $0.tls = server
            $0.clientCAPEM = authority
            $0.tokenAuthentication = .mtls
            $0.latency = .fixed(5)
        }
        #expect(creditor.simulator.url.hasPrefix("https://"))
        func curl(_ options: String) -> (status: Int32, output: String) {
            let form = "-d grant_type=client_credentials -d client_id=me"
            return Shell.run(
                "cd '\(certificates.folder)' && curl -s --cacert ca.pem \(options) \(form) \(creditor.simulator.url)/token"
            )
        }
        let accepted = curl("--cert client.pem --key client.key")
        #expect(accepted.status == 0)
        #expect(accepted.output.contains("access_token"))
        #expect(curl("").status != 0, "no certificate")
        #expect(curl("--cert other.pem --key other.key").status != 0, "certificate of another authority")
        #expect(creditor.simulator.audit().calls["token"] == ["200": 1])
    }

    @Test func aKeyOfAnotherCertificateIsAnError() throws {
        let certificates = TestCertificates()
        var options = PortalSimulator.Options()
        options.tls = PortalSimulator.Options.TLS(
            certificatePEM: try certificates.pem("server.pem"), keyPEM: try certificates.pem("other.key"))
        #expect(throws: SimulatorError.self) { try PortalSimulator(options: options) }
    }
}
