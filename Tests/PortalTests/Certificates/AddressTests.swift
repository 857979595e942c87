import EventLoop
import Testing

@testable import Portal

/// Which hosts go with which environment.
@Suite struct AddressTests {
    private func codes(
        _ environment: PortalSettings.Environment, url: String? = nil, token: String, hosts: [String] = []
    ) -> [String] {
        var settings = PortalSettings(environment: environment, url: url, tokenURL: token, clientID: "c")
        settings.tokenHosts = hosts
        settings.certificateFile = "/nonexistent"
        var problems: [PortalSetupError.Problem] = []
        settings.check(problems: &problems)
        return problems.map { $0.credentialProblem?.code ?? $0.setting }
    }

    @Test(arguments: [
        "https://api.domstol.dk/token", "https://API.Domstol.DK/token", "https://domstol.dk/t",
        "https://a.b.domstol.dk:8443/t",
    ])
    func productionsTokensComeFromTheCourts(token: String) {
        #expect(codes(.production, token: token) == [])
        #expect(codes(.test, token: token) == ["wrong-token-host"])
        #expect(codes(.simulator, url: "http://127.0.0.1:1", token: token) == ["courts-host-in-simulator"])
    }

    @Test func testsTokensComeFromTheTestDomain() {
        #expect(codes(.test, token: "https://token.test-minskiftesag.net/t") == [])
        #expect(codes(.production, token: "https://token.test-minskiftesag.net/t") == ["wrong-token-host"])
    }

    @Test(arguments: [
        "https://evildomstol.dk/t", "https://domstol.dk.evil.example/t", "https://api.domstol.dk./t",
        "https://api.domst\u{43E}l.dk/t", "https://127.0.0.1/t", "https://localhost/t", "https://[::1]/t",
        "https://domstol.dk@evil.example/t", "https://evil.example/api.domstol.dk",
    ])
    func lookAlikeHostsAreRefused(token: String) {
        #expect(codes(.production, token: token).count == 1)
    }

    /// Another host has to be said twice, and another environment's not even then.
    @Test func anotherHostIsNamedASecondTime() {
        let token = "https://sts.example/t"
        for environment in [PortalSettings.Environment.production, .test] {
            #expect(codes(environment, token: token) == ["wrong-token-host"])
            #expect(codes(environment, token: token, hosts: ["other.example", "STS.example"]) == [])
            #expect(codes(environment, token: "https://localhost/t", hosts: ["localhost"]) == ["wrong-token-host"])
        }
        let test = "token.test-minskiftesag.net"
        #expect(codes(.production, token: "https://\(test)/t", hosts: [test]) == ["wrong-token-host"])
        #expect(codes(.test, token: "https://api.domstol.dk/t", hosts: ["api.domstol.dk"]) == ["wrong-token-host"])
    }

    @Test(arguments: [
        "https://api.domstol.dk", "https://api.test-minskiftesag.net", "https://www.minskiftesag.dk",
        "http://API.DOMSTOL.DK:80",
    ])
    func theSimulatorIsNeverTheCourts(url: String) {
        #expect(codes(.simulator, url: url, token: "http://127.0.0.1:1/t") == ["courts-host-in-simulator"])
        #expect(codes(.simulator, url: "http://portal-simulator:8443", token: "http://portal-simulator:8443/t") == [])
    }

    @Test func aMismatchNamesBothSides() {
        let problem = CredentialProblem.wrongHost(
            .production, expected: "https://api.domstol.dk", found: "https://api.test-minskiftesag.net")
        #expect(problem.what.contains("https://api.domstol.dk") && problem.what.contains("test-minskiftesag.net"))
        #expect(
            codes(.test, url: "https://api.domstol.dk", token: "https://a.test-minskiftesag.net/t") == ["wrong-host"])
    }
}
