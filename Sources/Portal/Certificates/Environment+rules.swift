/// Environment, host, token host and class of the certificate: one closed set.
///
/// | environment | host | token host | certificate |
/// | --- | --- | --- | --- |
/// | production | api.domstol.dk | under domstol.dk, or `portal.token.host` | production, chain proven |
/// | test | api.test-minskiftesag.net | under test-minskiftesag.net, or `portal.token.host` | test, chain to a known or configured authority |
/// | simulator | none of the courts' | none of the courts' | none, test or unknown |
///
/// Where tokens are issued is not public. The courts' own domain is the default; another host has to be named a second
/// time, in `portal.token.host`, so that no slip of the hand sends a certificate to the wrong place. A host of another
/// environment is refused even then. An unknown certificate is accepted by test and production only when its authority's
/// fingerprint is pinned, and a pin makes no test certificate good for production.
extension PortalSettings.Environment {
    /// All of the courts' domains that have to do with estates.
    private static let courtsDomains = ["domstol.dk", "minskiftesag.dk", "test-minskiftesag.net"]

    /// The domain within which tokens are asked for.
    var tokenDomain: String? {
        switch self {
        case .production: "domstol.dk"
        case .test: "test-minskiftesag.net"
        case .simulator: nil
        }
    }

    func problem(withHostOf address: WebAddress) -> CredentialProblem? {
        switch self {
        case .production, .test: nil
        case .simulator: problem(withSimulatorsHost: address, setting: "portal.url")
        }
    }

    /// - Parameter allowed: hosts that `portal.token.host` names.
    func problem(withTokenHostOf address: WebAddress, allowed: [String]) -> CredentialProblem? {
        guard let tokenDomain else { return problem(withSimulatorsHost: address, setting: "portal.token.url") }
        if address.isWithin(tokenDomain) { return nil }
        let isElsewhere = address.isLoopback || Self.courtsDomains.contains { address.isWithin($0) }
        if !isElsewhere, allowed.contains(where: { $0.lowercased() == address.host }) { return nil }
        return .wrongTokenHost(self, expected: tokenDomain, found: address.host)
    }

    private func problem(withSimulatorsHost address: WebAddress, setting: String) -> CredentialProblem? {
        Self.courtsDomains.contains { address.isWithin($0) }
            ? .courtsHostInSimulator(setting: setting, host: address.host) : nil
    }

    /// What speaks against a certificate in this environment, apart from its age.
    func problem(with chain: CertificateChain) -> CredentialProblem? {
        let issuer = chain.leaf.issuer
        switch (self, chain.certificateClass) {
        case (.production, .test): return .testCertificateInProduction(issuer: issuer)
        case (.test, .production): return .productionCertificateInTest(issuer: issuer)
        case (.simulator, .production): return .productionCertificateInSimulator(issuer: issuer)
        case (.simulator, .test), (.simulator, .unknown): return nil
        case (.production, .unknown), (.test, .unknown):
            if case .pinned = chain.anchor { return nil }
            return .unknownIssuer(issuer, resembles: KnownAuthority.resembling(issuer)?.name)
        case (.production, .production): return chain.weakness
        case (.test, .test):
            if case .configured = chain.anchor { return nil }
            return chain.weakness
        }
    }
}

extension CertificateChain {
    /// Why the path proves nothing.
    fileprivate var weakness: CredentialProblem? {
        switch proof {
        case .proven: return nil
        case .contradicted(let expected, let found):
            return .issuerNotGenuine(leaf.issuer, expected: expected, found: found)
        case .unproven: break
        }
        switch end {
        case .missing(let name): return .missingIssuer(name, address: ([leaf] + issuers).last?.issuerAddresses.first)
        case .notSignedBy(let name): return .notSignedByIssuer(name)
        case .root: return .untrustedRoot((issuers.last ?? leaf).subject)
        }
    }
}

extension KnownAuthority {
    /// The issuing authority that a name might be mistaken for: the same common name, but for case and blanks.
    fileprivate static func resembling(_ name: DistinguishedName) -> KnownAuthority? {
        func plain(_ name: DistinguishedName) -> [String] {
            name.values(of: DistinguishedName.commonName).map { value in
                value.lowercased().filter { !$0.isWhitespace }
            }
        }
        return all.first { !$0.isRoot && $0.name != name && plain($0.name) == plain(name) }
    }
}
