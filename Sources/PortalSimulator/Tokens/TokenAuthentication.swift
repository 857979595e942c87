/// How a client proves who it is when it asks for a token.
public enum TokenAuthentication: String, CaseIterable, Sendable {
    /// The portal's calls need no token at all.
    case none
    /// Either of the two below; without TLS, a `client_id` alone is believed.
    case any
    /// A client certificate (RFC 8705).
    case mtls
    /// A signed assertion (RFC 7523, PS256).
    case privateKeyJWT = "private-key-jwt"
}
