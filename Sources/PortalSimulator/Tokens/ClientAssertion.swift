import JSON

/// A client's signed assertion (RFC 7523), checked like an authorization server would.
struct ClientAssertion {
    static let type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

    let id: String
    /// Seconds since 1970.
    let expires: Int64

    /// - Parameters:
    ///   - client: the `client_id` of the form; the assertion must name the same.
    ///   - host: the host that the client called; the audience must be its token URL.
    ///   - key: nil when no certificate is known, and then the signature is not checked.
    init?(_ text: String, client: String, host: String?, key: AssertionKey?, now: Int64) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Self.json(parts[0]), let claims = Self.json(parts[1]),
            let signature = Base64URL.decode(parts[2]), !signature.isEmpty, header["alg"]?.string == "PS256",
            let issuer = claims["iss"]?.string, issuer == claims["sub"]?.string, client.isEmpty || issuer == client,
            let id = claims["jti"]?.string, !id.isEmpty, let expires = claims["exp"]?.integer,
            expires > now / 1000, expires <= now / 1000 + 3600
        else { return nil }
        let audiences = claims["aud"]?.elements?.compactMap(\.string) ?? [claims["aud"]?.string ?? ""]
        let wanted = (host ?? "") + "/token"
        guard audiences.contains(where: { $0 == "http://" + wanted || $0 == "https://" + wanted }) else { return nil }
        if let key, !key.verifies(signature, of: Array("\(parts[0]).\(parts[1])".utf8)) { return nil }
        self.id = id
        self.expires = expires
    }

    private static func json(_ part: Substring) -> JSONValue? {
        Base64URL.decode(part).flatMap { try? JSONDocument.parse($0) }
    }
}
