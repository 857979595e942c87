import CCurl
import COpenSSL

extension PortalSettings {
    /// Finds everything that is wrong with the settings themselves. What files hold is checked where they are read.
    func check(problems: inout [PortalSetupError.Problem]) {
        checkAddress(problems: &problems)
        checkToken(problems: &problems)
        if let caFile, let bytes = Credentials.contents(of: caFile, setting: "portal.ca.file", problems: &problems) {
            let issuers = PEM.certificates(in: bytes)
            for issuer in issuers { X509_free(issuer) }
            if issuers.isEmpty {
                problems.append(
                    .init(
                        "portal.ca.file", "\(caFile) holds no certificate in PEM form",
                        remedy: "give the issuers of the portal's certificate as PEM"))
            }
        }
        if callTimeout <= 0 || connectTimeout <= 0 {
            problems.append(
                .init("portal.call.timeout", "time-outs must be longer than nothing", remedy: "30s is the default"))
        }
        if pageSize <= 0 || maximumInFlight <= 0 || maximumBodySize <= 0 || firstPage < 0 {
            problems.append(
                .init(
                    "portal.max.in.flight", "sizes and counts must be greater than 0", remedy: "leave out the setting"))
        }
    }

    private func checkAddress(problems: inout [PortalSetupError.Problem]) {
        if let fixedURL = environment.fixedURL {
            if url != fixedURL {
                problems.append(
                    .init(
                        "portal.url", "the environment \(environment.rawValue) has a fixed address",
                        remedy: "leave out portal.url, or set portal.environment=simulator"))
            }
        } else if !PortalSettings.isUsable(url, schemes: ["http", "https"]) || url.hasSuffix("/") {
            problems.append(
                .init(
                    "portal.url", "is no http or https address without user, query and slash at the end",
                    remedy: "for example http://127.0.0.1:8443"))
        }
    }

    private func checkToken(problems: inout [PortalSetupError.Problem]) {
        guard tokenAuthentication != .none else {
            if environment != .simulator {
                problems.append(
                    .init(
                        "portal.token.auth", "only the simulator does without a token",
                        remedy: "set it to mtls or private-key-jwt"))
            }
            return
        }
        let schemes = environment == .simulator ? ["http", "https"] : ["https"]
        if !PortalSettings.isUsable(tokenURL ?? "", schemes: schemes) {
            problems.append(
                .init(
                    "portal.token.url", "is no \(schemes.joined(separator: " or ")) address",
                    remedy: "set the address from the integration guide"))
        }
        if clientID?.isEmpty ?? true {
            problems.append(
                .init("portal.client.id", "is not set", remedy: "set the client id that the portal gave you"))
        }
        if certificateFile == nil, tokenAuthentication == .privateKeyJWT || environment != .simulator {
            problems.append(
                .init(
                    "portal.certificate.file",
                    "is not set, and portal.token.auth=\(tokenAuthentication.rawValue) needs it",
                    remedy: "name the VOCES certificate"))
        }
    }

    /// Whether curl understands the address, so that a call cannot fail over it.
    private static func isUsable(_ url: String, schemes: [String]) -> Bool {
        guard let parsed = curl_url() else { return false }
        defer { curl_url_cleanup(parsed) }
        guard curl_url_set(parsed, CURLUPART_URL, url, 0) == CURLUE_OK else { return false }
        func part(_ what: CURLUPart) -> String? {
            var text: UnsafeMutablePointer<CChar>?
            guard curl_url_get(parsed, what, &text, 0) == CURLUE_OK, let text else { return nil }
            defer { curl_free(text) }
            return String(cString: text)
        }
        return part(CURLUPART_SCHEME).map(schemes.contains) ?? false && part(CURLUPART_HOST) != nil
            && part(CURLUPART_USER) == nil && part(CURLUPART_QUERY) == nil && part(CURLUPART_FRAGMENT) == nil
    }
}
