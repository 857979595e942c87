import Engine
import Estates
import Portal
import Testing

/// One way in which a call can fail, made with real sockets, and what must come of it.
struct WalkStep: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let kind: CallFailureKind
    /// Of a change; a search cannot have an effect.
    let mayHaveTakenEffect: Bool
    let ofToken: Bool
    let fail: @Sendable (PortalCall) throws -> PortalFailure?

    init(
        _ name: String, _ kind: CallFailureKind, effect: Bool = false, ofToken: Bool = false,
        fail: @escaping @Sendable (PortalCall) throws -> PortalFailure?
    ) {
        testDescription = name
        self.kind = kind
        mayHaveTakenEffect = effect
        self.ofToken = ofToken
        self.fail = fail
    }

    /// A server that answers each call so.
    static func answered(_ name: String, _ kind: CallFailureKind, effect: Bool = false, _ reply: Reply) -> WalkStep {
        WalkStep(name, kind, effect: effect) { call in
            let server = ScriptedServer { _ in reply }
            defer { server.stop() }
            return try Harness(server) {
                $0.callTimeout = patience(kind)
                $0.maximumBodySize = 100_000
            }.failure(call)
        }
    }

    /// A token server that answers so.
    static func token(_ name: String, _ kind: CallFailureKind, _ reply: Reply) -> WalkStep {
        WalkStep("token request: \(name)", kind, ofToken: true) { call in
            let server = ScriptedServer { $0.target == "/token" ? reply : .receipt }
            defer { server.stop() }
            return try Harness(server, token: .mutualTLS) { $0.callTimeout = patience(kind) }.failure(call)
        }
    }

    /// Milliseconds for a call: only who waits for this time to run out should be able to meet its end.
    private static func patience(_ kind: CallFailureKind) -> Int64 { kind == .timedOut ? 1000 : 15_000 }

    /// Something that speaks, or does not speak, TLS at the address of an https URL.
    static func raw(
        _ name: String, _ kind: CallFailureKind, patience: Int64 = 15_000, serve: @escaping @Sendable (CInt) -> Void
    ) -> WalkStep {
        WalkStep(name, kind) { call in
            let server = RawServer(serve)
            defer { server.stop() }
            return try Harness(port: server.port, patience: patience).failure(call)
        }
    }

    /// A server that looks at our certificate.
    static func judged(
        _ name: String, _ kind: CallFailureKind, _ clients: TLSServer.ClientCertificate, version: CInt?,
        effect: Bool = false, client: String? = "client", server: String = "server"
    ) -> WalkStep {
        WalkStep(name, kind, effect: effect) { call in
            let tls = TLSServer(
                certificate: Certificates.file("\(server).pem"), key: Certificates.file("\(server).key"),
                clients: clients, clientCA: Certificates.file("ca.pem"), version: version)
            let server = ScriptedServer(tls: tls) { _ in .receipt }
            defer { server.stop() }
            let failure = try Harness(server) { settings in
                settings.caFile = Certificates.file("ca.pem")
                settings.certificateFile = client.map { Certificates.file("\($0).pem") }
                settings.keyFile = client.map { Certificates.file("\($0).key") }
            }.failure(call)
            return server.requests.isEmpty ? failure : nil
        }
    }
}

extension Harness {
    /// For whatever listens there.
    ///
    /// - Parameter patience: for the connection, in milliseconds.
    convenience init(port: UInt16, patience: Int64 = 15_000) throws {
        var settings = PortalSettings(
            environment: .simulator, url: "https://127.0.0.1:\(port)", tokenAuthentication: .none, callTimeout: 15_000,
            connectTimeout: patience)
        settings.caFile = Certificates.file("ca.pem")
        try self.init(settings)
    }
}
