import JSON

/// Gives out access tokens and knows them again.
struct TokenOffice: Sendable {
    let authentication: TokenAuthentication
    let lifetimeSeconds: Int
    let key: AssertionKey?
    /// Clients show a certificate in the TLS handshake.
    let servesTLS: Bool
    private var expiryByToken: [String: Int64] = [:]
    /// The last ones, for whoever wants to see that they were written down nowhere.
    private(set) var issued: [String] = []
    private var usedAssertions: [String: Int64] = [:]
    private var dice: RandomSequence

    init(authentication: TokenAuthentication, lifetimeSeconds: Int, key: AssertionKey?, servesTLS: Bool, seed: UInt64) {
        self.authentication = authentication
        self.lifetimeSeconds = lifetimeSeconds
        self.key = key
        self.servesTLS = servesTLS
        // Tokens of an earlier process with the same seed must not be valid in this one.
        dice = RandomSequence(seed: seed ^ UInt64.random(in: 0...UInt64.max))
    }

    /// Answers `POST /token`.
    mutating func issue(_ request: Request, now: Int64) -> Reply {
        let form = FormFields.parse(request.body)
        guard form["grant_type"] == "client_credentials" else { return Self.refuse(400, "unsupported_grant_type") }
        guard isAuthentic(form, request, now: now) else { return Self.refuse(401, "invalid_client") }
        if expiryByToken.count > 10_000 { expiryByToken = expiryByToken.filter { $0.value > now } }
        let token = "sim-" + dice.next().hex + dice.next().hex
        if issued.count >= 10_000 { issued.removeFirst(5000) }
        issued.append(token)
        expiryByToken[token] = now + Int64(lifetimeSeconds) * 1000
        return .json(200) { json in
            json.field("access_token", token)
            json.field("token_type", "Bearer")
            json.field("expires_in", lifetimeSeconds)
        }
    }

    /// Whether the `Authorization` header holds a token that is still good.
    func accepts(_ authorization: String?, now: Int64) -> Bool {
        if authentication == .none { return true }
        guard let authorization, authorization.hasPrefix("Bearer ") else { return false }
        return expiryByToken[String(authorization.dropFirst(7))].map { $0 > now } ?? false
    }

    static let refused = refuse(401, "invalid_client")

    private mutating func isAuthentic(_ form: [String: String], _ request: Request, now: Int64) -> Bool {
        let client = form["client_id"] ?? ""
        switch authentication {
        case .none: return true
        case .mtls: return request.hasClientCertificate && !client.isEmpty
        case .privateKeyJWT: return isAssertionGood(form, request, client, now: now)
        case .any:
            if form["client_assertion"] != nil { return isAssertionGood(form, request, client, now: now) }
            return !client.isEmpty && (request.hasClientCertificate || !servesTLS)
        }
    }

    private mutating func isAssertionGood(
        _ form: [String: String], _ request: Request, _ client: String, now: Int64
    ) -> Bool {
        guard form["client_assertion_type"] == ClientAssertion.type, let text = form["client_assertion"],
            let assertion = ClientAssertion(text, client: client, host: request.host, key: key, now: now)
        else { return false }
        if usedAssertions.count > 10_000 { usedAssertions = usedAssertions.filter { $0.value > now / 1000 } }
        return usedAssertions.updateValue(assertion.expires, forKey: assertion.id) == nil
    }

    private static func refuse(_ status: Int, _ error: String) -> Reply {
        .json(status) { $0.field("error", error) }
    }
}
