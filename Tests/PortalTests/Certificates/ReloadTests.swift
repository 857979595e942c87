import Estates
import Glibc
import Testing

@testable import Portal

/// A replaced certificate is used for new connections within seconds, and no call notices.
@Suite(.serialized) struct ReloadTests {
    private static let first = TestCertificate(subject: .voces.changing("CN", to: "first"))
    private static let second = TestCertificate(subject: .voces.changing("CN", to: "second"), key: .otherLeaf)

    private let folder = Folder()

    /// A server that requires certificates of our test authority, and whose answers take a while.
    private func server(delay: Int = 0, script: ScriptedServer.Script? = nil) -> ScriptedServer {
        folder.write("clients.pem", [TestCertificate.testRoot, .testIssuing].map(\.pem).joined())
        let tls = TLSServer(
            certificate: Certificates.file("server.pem"), key: Certificates.file("server.key"), clients: .required,
            clientCA: folder.file("clients.pem"))
        return ScriptedServer(tls: tls) { request in
            if let script { return script(request) }
            var reply = Reply.receipt
            reply.delay = delay
            return reply
        }
    }

    private func write(_ certificate: TestCertificate) {
        folder.replace("certificate.pem", certificate.pem + TestCertificate.testIssuing.pem)
        folder.replace("key.pem", certificate.key.pem())
    }

    private func harness(
        _ server: ScriptedServer, token: PortalSettings.TokenAuthentication = .none
    ) throws -> Harness {
        if access(folder.file("certificate.pem"), F_OK) != 0 { write(ReloadTests.first) }
        folder.write("ca.pem", Certificates.text("ca.pem"))
        return try Harness(server, token: token) { settings in
            settings.certificateFile = folder.file("certificate.pem")
            settings.keyFile = folder.file("key.pem")
            settings.caFile = folder.file("ca.pem")
        }
    }

    private func name(_ harness: Harness) -> String? {
        harness.client.certificateStatus.chain?.leaf.subject.description.split(separator: "=").last.map(String.init)
    }

    private func isDone(_ harness: Harness) -> Bool {
        if case .done = harness.client.certificateStatus.lastReload { true } else { false }
    }

    @Test func thePairIsReplacedWhileTwoHundredCallsAreInFlight() throws {
        let server = server(delay: 1500)
        defer { server.stop() }
        let harness = try harness(server)
        var answered = 0
        var failures: [PortalFailure] = []
        func start(_ count: Int) {
            for _ in 0..<count {
                _ = harness.client.start(.submit, deadline: .max) { result in
                    switch result {
                    case .success: answered += 1
                    case .failure(let failure): failures.append(failure)
                    }
                }
            }
        }
        start(200)
        harness.turn { server.requests.count == 200 }
        #expect(server.clients == ["first"])
        write(ReloadTests.second)
        // Some go out while the replacement is noticed, which takes less than a second.
        for _ in 0..<10 {
            start(5)
            harness.turn(milliseconds: 100)
        }
        harness.turn { isDone(harness) }
        let before = server.connections
        start(50)
        harness.turn { harness.client.callsInFlight == 0 }
        #expect(failures == [])
        #expect(answered == 300)
        #expect(server.requests.count == 300)
        #expect(server.clients == ["first", "second"])
        #expect(server.connections > before)
        #expect(Set(server.clientsByConnection[before...]) == ["second"])
        #expect(name(harness) == "second")
        #expect(harness.client.certificateStatus.reloads == 1)
        #expect(harness.client.statistics.connectionsOpened == UInt64(server.connections))
    }

    @Test func idleConnectionsOfTheOldCertificateAreClosed() throws {
        let server = server()
        defer { server.stop() }
        let harness = try harness(server)
        _ = try harness.call(.submit).get()
        #expect(server.openConnections == 1)
        write(ReloadTests.second)
        harness.turn { isDone(harness) }
        harness.look { server.openConnections == 0 }
        #expect(server.openConnections == 0)
        _ = try harness.call(.submit).get()
        #expect(server.clientsByConnection == ["first", "second"])
    }

    /// Calls that are started and ended while the swap is under way belong to the right transport.
    @Test func aCallOnTheOldCertificateCanStillBeCancelled() throws {
        let server = server(delay: 20_000)
        defer { server.stop() }
        let harness = try harness(server)
        var failure: PortalFailure?
        let id = harness.client.start(.submit, deadline: .max) { result in
            if case .failure(let found) = result { failure = found }
        }
        harness.turn { server.requests.count == 1 }
        write(ReloadTests.second)
        harness.turn { isDone(harness) }
        harness.client.cancel(id)
        #expect(harness.client.retired.count == 1)
        harness.turn { failure != nil }
        #expect(failure?.mayHaveTakenEffect == true)
        harness.turn(milliseconds: 50)
        #expect(harness.client.retired.isEmpty)
    }

    @Test func aPairThatIsHalfWrittenIsWaitedOut() throws {
        let server = server()
        defer { server.stop() }
        let harness = try harness(server)
        folder.write("certificate.pem", String(ReloadTests.second.pem.prefix(500)))
        harness.turn(milliseconds: 600)
        folder.write("certificate.pem", ReloadTests.second.pem + TestCertificate.testIssuing.pem)
        harness.turn {
            if case .waiting(_, let found) = harness.client.certificateStatus.lastReload {
                found.map(\.code) == ["key-mismatch"]
            } else {
                false
            }
        }
        // New certificate, old key: the old pair is in use, and nothing was said.
        #expect(name(harness) == "first")
        _ = try harness.call(.submit).get()
        #expect(harness.client.certificateStatus.problem == nil)
        folder.write("key.pem", ReloadTests.second.key.pem())
        harness.turn { isDone(harness) }
        #expect(name(harness) == "second")
        #expect(harness.log.all.allSatisfy { !$0.hasPrefix("error") })
    }

    @Test(.timeLimit(.minutes(1))) func aBadReplacementKeepsTheOldOneAndIsToldOnce() throws {
        let server = server()
        defer { server.stop() }
        let harness = try harness(server)
        write(TestCertificate(subject: .voces, issuer: .productionIssuer, key: .otherLeaf))
        harness.turn { harness.client.certificateStatus.failedReloads == 1 }
        harness.turn(milliseconds: 3000)
        _ = try harness.call(.submit).get()
        #expect(server.clients == ["first"])
        #expect(name(harness) == "first")
        let errors = harness.log.all.filter { $0.hasPrefix("error") }
        #expect(errors.count == 1)
        #expect(errors.first?.contains("a production certificate") == true)
        #expect(errors.first?.contains("PRIVATE KEY") == false)
        #expect(harness.client.certificateStatus.problem?.contains("production certificate") == true)
        write(ReloadTests.second)
        harness.turn { isDone(harness) }
        #expect(harness.client.certificateStatus.problem == nil)
    }

    /// Kubernetes mounts a folder of links to a folder behind one more link, and swaps that one.
    @Test func aSwappedLinkIsSeen() throws {
        let server = server()
        defer { server.stop() }
        let (one, two) = (Folder(), Folder())
        for (target, certificate) in [(one, ReloadTests.first), (two, ReloadTests.second)] {
            target.write("certificate.pem", certificate.pem + TestCertificate.testIssuing.pem)
            target.write("key.pem", certificate.key.pem())
        }
        symlink(one.path, folder.file("..data"))
        symlink("..data/certificate.pem", folder.file("certificate.pem"))
        symlink("..data/key.pem", folder.file("key.pem"))
        let harness = try harness(server)
        #expect(name(harness) == "first")
        symlink(two.path, folder.file("..data_tmp"))
        rename(folder.file("..data_tmp"), folder.file("..data"))
        harness.turn { isDone(harness) }
        #expect(name(harness) == "second")
    }

    /// Nothing tells of it when the folder that is watched is moved away: the files are looked at all the same.
    @Test func aSwappedFolderIsSeen() throws {
        let server = server()
        defer { server.stop() }
        write(ReloadTests.first)
        let inner = folder.file("inner")
        mkdir(inner, 0o700)
        for name in ["certificate.pem", "key.pem"] { rename(folder.file(name), "\(inner)/\(name)") }
        let harness = try Harness(server) { settings in
            settings.certificateFile = "\(inner)/certificate.pem"
            settings.keyFile = "\(inner)/key.pem"
            settings.caFile = Certificates.file("ca.pem")
        }
        write(ReloadTests.second)
        rename(inner, folder.file("old"))
        mkdir(inner, 0o700)
        for name in ["certificate.pem", "key.pem"] { rename(folder.file(name), "\(inner)/\(name)") }
        harness.turn { isDone(harness) }
        #expect(name(harness) == "second")
        for name in ["certificate.pem", "key.pem"] {
            unlink("\(inner)/\(name)")
            unlink(folder.file("old/\(name)"))
        }
        rmdir(inner)
        rmdir(folder.file("old"))
    }

    @Test func aReplacedAuthorityIsBelievedAndTheOldOneIsNot() throws {
        let server = server()
        defer { server.stop() }
        let harness = try harness(server)
        _ = try harness.call(.submit).get()
        folder.replace("ca.pem", Certificates.text("other-ca.pem"))
        harness.turn { isDone(harness) }
        #expect(harness.failure(.submit)?.cause == .serverCertificateRefused)
    }

    /// A token may be bound to the certificate that it was asked for with.
    @Test func theTokenIsAskedForAnew() throws {
        let server = server { request in
            request.target == "/token"
                ? .json(
                    200, #"{"access_token":"t-\#(request.number)","token_type":"Bearer","expires_in":300}"#, delay: 50)
                : .receipt
        }
        defer { server.stop() }
        let harness = try harness(server, token: .mutualTLS)
        _ = try harness.call(.submit).get()
        write(ReloadTests.second)
        harness.turn { isDone(harness) }
        _ = try harness.call(.submit).get()
        #expect(server.requests.map(\.target.isToken) == [true, false, true, false])
        #expect(server.requests.last?.headers["authorization"] == "Bearer t-3")
        #expect(server.clientsByConnection.last == "second")
        #expect(harness.client.statistics.tokenRequests == 2)
    }

    @Test func touchedFilesChangeNothing() throws {
        let server = server()
        defer { server.stop() }
        let harness = try harness(server)
        _ = try harness.call(.submit).get()
        write(ReloadTests.first)
        harness.turn(milliseconds: 3000)
        _ = try harness.call(.submit).get()
        #expect(server.connections == 1)
        #expect(harness.client.certificateStatus.reloads == 0)
        #expect(harness.client.certificateStatus.lastReload == .none)
    }
}

extension String {
    fileprivate var isToken: Bool { self == "/token" }
}
