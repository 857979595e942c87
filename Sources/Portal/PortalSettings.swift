/// What the portal's client must know. A value; `PortalClient` checks it when it is made.
public struct PortalSettings: Sendable {
    /// Which portal is talked to. It decides the address.
    public enum Environment: String, Sendable, CaseIterable {
        case production, test, simulator

        /// The address as the courts publish it; nil for the simulator, whose address is free.
        public var fixedURL: String? {
            switch self {
            case .production: "https://api.domstol.dk"
            case .test: "https://api.test-minskiftesag.net"
            case .simulator: nil
            }
        }
    }

    /// How the token request proves who we are.
    public enum TokenAuthentication: String, Sendable, CaseIterable {
        /// No token at all; with the simulator only.
        case none
        /// The certificate authenticates the connection (RFC 8705).
        case mutualTLS = "mtls"
        /// An assertion signed with the certificate's key (RFC 7523).
        case privateKeyJWT = "private-key-jwt"
    }

    public var environment: Environment
    /// Base address, without a slash at the end. For production and test only the published one is accepted.
    public var url: String
    public var tokenURL: String?
    /// Hosts outside the courts' domain at which tokens may be asked for: `portal.token.host`.
    public var tokenHosts: [String] = []
    public var clientID: String?
    public var tokenScope: String?
    public var tokenAuthentication: TokenAuthentication
    /// PEM (our certificate and its issuers), or PKCS#12.
    public var certificateFile: String?
    /// PEM. Not needed with PKCS#12, or when the certificate's file holds the key too.
    public var keyFile: String?
    public var keyPassword: String?
    /// Its first line is the password; read again with each replacement of the files. Goes before `keyPassword`.
    public var keyPasswordFile: String?
    /// SHA-256 fingerprints of authorities whose certificates are accepted though they are not OCES: `portal.certificate.ca.pin`.
    public var certificateAuthorityPins: [String] = []
    /// PEM; instead of the system's issuers.
    public var caFile: String?
    /// Milliseconds for a whole call: waiting for a token, all of its pages, and a repetition after a 401.
    public var callTimeout: Int64
    /// Milliseconds for name, connection and TLS.
    public var connectTimeout: Int64
    /// Bytes; a longer body is a failure.
    public var maximumBodySize: Int
    /// Whether the portal counts pages from 0 or 1 is not public.
    public var firstPage: Int
    public var pageSize: Int
    /// Below it lie the files that requests name as attachments; nil when they may name none.
    public var attachmentFolder: AttachmentFolder?
    /// In bytes.
    public var largestAttachment: Int64 = 20 << 20
    /// So many connections are kept open. The client does not count calls: that is the caller's affair.
    public var maximumInFlight: Int

    public init(
        environment: Environment = .test, url: String? = nil, tokenURL: String? = nil, clientID: String? = nil,
        tokenScope: String? = nil, tokenAuthentication: TokenAuthentication = .mutualTLS,
        certificateFile: String? = nil, keyFile: String? = nil, keyPassword: String? = nil, caFile: String? = nil,
        callTimeout: Int64 = 30_000, connectTimeout: Int64 = 10_000, maximumBodySize: Int = 1 << 20,
        firstPage: Int = 1, pageSize: Int = 50, maximumInFlight: Int = 64
    ) {
        self.environment = environment
        self.url = url ?? environment.fixedURL ?? ""
        self.tokenURL = tokenURL
        self.clientID = clientID
        self.tokenScope = tokenScope
        self.tokenAuthentication = tokenAuthentication
        self.certificateFile = certificateFile
        self.keyFile = keyFile
        self.keyPassword = keyPassword
        self.caFile = caFile
        self.callTimeout = callTimeout
        self.connectTimeout = connectTimeout
        self.maximumBodySize = maximumBodySize
        self.firstPage = firstPage
        self.pageSize = pageSize
        self.maximumInFlight = maximumInFlight
    }
}
