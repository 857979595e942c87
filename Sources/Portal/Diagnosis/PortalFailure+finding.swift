import Estates

extension PortalFailure {
    /// At which step the way ended, and why.
    func finding(_ settings: PortalSettings, at url: String) -> PortalFinding {
        let host = WebAddress(url)?.host ?? url
        let (check, code, expected, remedy) = explanation(settings, host)
        return PortalFinding(
            check, .failed, code: code, found: "\(host): \(detail)", expected: expected, remedy: remedy)
    }

    private func explanation(
        _ settings: PortalSettings, _ host: String
    ) -> (PortalFinding.Check, String, String, String) {
        let end: PortalFinding.Check = ofToken ? .token : .search
        switch cause {
        case .nameNotResolved:
            return (
                .name, "name-not-resolved", "an address for \(host)",
                "check the name, and DNS and proxies of this machine"
            )
        case .connectionRefused:
            return (.connection, "connection-refused", "a server that listens", "check address, port and firewall")
        case .connectTimedOut:
            return (.connection, "connect-timed-out", "a connection in time", "check firewalls and routes to \(host)")
        case .serverCertificateRefused:
            return (
                .serverCertificate, "server-certificate-refused", "a certificate for \(host) of a trusted authority",
                "something may stand between; if not, name the server's authority in portal.ca.file"
            )
        case .tlsFailed:
            return (
                .serverCertificate, "tls-failed", "TLS 1.2 or later", "check that this is the portal's address and port"
            )
        case .clientCertificateUnusable:
            return (
                .clientCertificate, "client-certificate-unusable", "a certificate with its key", "see certificate-key"
            )
        case .clientCertificateRefused(let alert):
            return (
                .clientCertificate, alert.rawValue, "a certificate that \(host) accepts", PortalFailure.remedy(alert)
            )
        case .status(401, _) where ofToken, .status(400, _) where ofToken, .status(403, _) where ofToken:
            return (
                .token, "token-refused", "a token",
                "check portal.client.id, portal.token.scope and portal.token.auth, and"
                    + " that this certificate is registered with the courts for \(settings.environment.rawValue)"
            )
        case .status(401, _):
            return (
                .search, "token-for-other-environment", "a token that the portal takes",
                "check that portal.token.url and portal.token.scope are those of \(settings.environment.rawValue)"
            )
        case .status(403, _):
            return (
                .search, "not-registered", "a certificate and client that may search",
                "register the certificate with the courts for \(settings.environment.rawValue)"
            )
        case .status(let status, _):
            return status == 429 || status >= 500
                ? (end, "portal-unavailable", "an answer", "wait and try again; the portal is not well")
                : (end, "unexpected-api", "an answer of the portal's API", "check the address")
        case .redirected, .unexpectedBody, .bodyTooLarge:
            return (
                end, "unexpected-api", "an answer of the portal's API", "check the address; this may be another server"
            )
        case .notStarted, .timedOut, .connectionLost, .attachment:
            return (end, "no-answer", "an answer in time", "try again; then check what stands between")
        }
    }

    private static func remedy(_ alert: ClientCertificateAlert) -> String {
        switch alert {
        case .expired: "renew the certificate, and check this machine's clock"
        case .revoked: "order a new certificate in MitID Erhverv"
        case .unknownIssuer: "use the certificate of this environment, with its issuer in the file"
        case .required: "set portal.certificate.file"
        case .other: "check that the certificate is registered with the courts for this environment"
        }
    }
}
