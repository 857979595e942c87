extension PortalSettings {
    /// Finds everything that is wrong with the settings themselves. What files hold is checked where they are read.
    func check(problems: inout [PortalSetupError.Problem]) {
        checkAddress(problems: &problems)
        checkToken(problems: &problems)
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
                problems.append(.init(.wrongHost(environment, expected: fixedURL, found: url)))
            }
        } else if let address = PortalSettings.usable(url, schemes: ["http", "https"]), !url.hasSuffix("/") {
            if let problem = environment.problem(withHostOf: address) { problems.append(.init(problem)) }
        } else {
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
        if let address = PortalSettings.usable(tokenURL ?? "", schemes: schemes) {
            if let problem = environment.problem(withTokenHostOf: address, allowed: tokenHosts) {
                problems.append(.init(problem))
            }
        } else {
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

    /// Nil when curl does not understand the address, so that no call can fail over it, or when it has parts that it must
    /// not have.
    private static func usable(_ url: String, schemes: [String]) -> WebAddress? {
        guard let address = WebAddress(url), schemes.contains(address.scheme), !address.hasUser, !address.hasQuery
        else {
            return nil
        }
        return address
    }
}
