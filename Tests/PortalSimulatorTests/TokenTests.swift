import JSON
import Testing

@testable import PortalSimulator

@Suite("A token is needed, and given to whom proves who it is")
struct TokenTests {
    private func request(_ creditor: Creditor, _ form: String) -> HTTPClient.Answer? {
        creditor.client.send("POST", "/token", form, headers: ["Content-Type": "application/x-www-form-urlencoded"])
    }

    @Test func aCallWithoutATokenIsRefused() throws {
        let creditor = try Creditor { $0.tokenAuthentication = .any }
        #expect(creditor.search("6101901234")?.status == 401)
        let answer = request(creditor, "grant_type=client_credentials&client_id=a%20b&scope=x")
        #expect(answer?.json?["token_type"]?.string == "Bearer")
        #expect(answer?.json?["expires_in"]?.integer == 300)
        creditor.token = answer?.json?["access_token"]?.string
        #expect(creditor.search("6101901234")?.status == 200)
        creditor.token = "sim-wrong"
        #expect(creditor.search("6101901234")?.status == 401)
    }

    @Test func aTokenExpires() throws {
        var office = TokenOffice(authentication: .any, lifetimeSeconds: 300, key: nil, servesTLS: false, seed: 1)
        var request = Request(route: Route(method: "POST", path: "/token"))
        request.body = Array("grant_type=client_credentials&client_id=a".utf8)
        let token = try JSONDocument.parse(office.issue(request, now: 0).body)["access_token"]?.string ?? ""
        #expect(office.accepts("Bearer \(token)", now: 299_999))
        #expect(!office.accepts("Bearer \(token)", now: 300_000))
    }

    @Test func aRequestThatProvesNothingIsRefused() throws {
        let creditor = try Creditor { $0.tokenAuthentication = .any }
        #expect(request(creditor, "grant_type=password")?.status == 400)
        #expect(request(creditor, "grant_type=client_credentials")?.status == 401)
        let strict = try Creditor { $0.tokenAuthentication = .privateKeyJWT }
        #expect(request(strict, "grant_type=client_credentials&client_id=a")?.status == 401)
    }

    @Test func anAssertionIsCheckedLikeAnAuthorizationServerDoes() throws {
        let certificates = TestCertificates()
        let pem = try certificates.pem("client.pem")
        let creditor = try Creditor {
            $0.tokenAuthentication = .privateKeyJWT
            $0.clientCertificatePEM = pem
        }
        let now = Clock.wallMilliseconds() / 1000
        func ask(
            algorithm: String = "PS256", audience: String? = nil, expires: Int64 = 60, forged: Bool = false, id: String
        ) -> Int? {
            let claims =
                #"{"iss":"me","sub":"me","aud":"\#(audience ?? creditor.simulator.url + "/token")","jti":"\#(id)","exp":\#(now + expires)}"#
            let text = TestCertificates.encode(#"{"alg":"\#(algorithm)"}"#) + "." + TestCertificates.encode(claims)
            let signature = certificates.sign(forged ? text + "x" : text)
            let form =
                "grant_type=client_credentials&client_id=me&client_assertion=\(text).\(signature)"
                + "&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"
            return request(creditor, form)?.status
        }
        #expect(ask(id: "1") == 200)
        #expect(ask(id: "1") == 401, "the same assertion twice")
        #expect(ask(forged: true, id: "2") == 401)
        #expect(ask(audience: "https://elsewhere/token", id: "3") == 401)
        #expect(ask(expires: -1, id: "4") == 401)
        #expect(ask(expires: 7200, id: "5") == 401)
        #expect(ask(algorithm: "none", id: "6") == 401)
    }
}
