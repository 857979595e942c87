/// What one check of the way to the portal has found.
public struct PortalFinding: Hashable, Sendable {
    /// The checks, in the order in which a person would put things right.
    public enum Check: String, Hashable, Sendable, CaseIterable {
        case certificateReadable = "certificate-readable"
        case certificateClass = "certificate-class"
        case validity = "certificate-validity"
        case key = "certificate-key"
        case chain = "certificate-chain"
        case environment
        case name = "dns"
        case connection = "tcp"
        case serverCertificate = "server-certificate"
        case clientCertificate = "client-certificate"
        case token
        case search
    }

    public enum Outcome: String, Hashable, Sendable, CaseIterable {
        case passed, warning, failed
        /// Not looked at, since something before it failed, or it is not wanted.
        case skipped
    }

    public let check: Check
    public let outcome: Outcome
    /// A stable name of what is wrong, for programs; nil when nothing is.
    public let code: String?
    public let found: String
    /// Nil when nothing is wrong.
    public let expected: String?
    /// What to do about it; nil when there is nothing to do.
    public let remedy: String?

    init(
        _ check: Check, _ outcome: Outcome, code: String? = nil, found: String, expected: String? = nil,
        remedy: String? = nil
    ) {
        self.check = check
        self.outcome = outcome
        self.code = code
        self.found = found
        self.expected = expected
        self.remedy = remedy
    }
}
