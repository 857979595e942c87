/// Telling test from production.
extension CertificateChain {
    /// - **test**: an issuer in the path has an OU that begins with `Test`, or a CN with `Systemtest`, or the path has a policy
    ///   under 1.3.6.1.4.1.31313 (Nets' test policies).
    /// - **production**: the leaf's issuer has exactly the name of a production authority.
    /// - **unknown**: everything else.
    ///
    /// Only issuers count: what a subject calls itself says nothing, and names of test and production differ in nothing but
    /// the OU. The rule for test is wide, since all that it can do is to keep a certificate out of production.
    public var certificateClass: CertificateClass {
        let path = [leaf] + issuers
        if path.contains(where: { CertificateChain.isTestName($0.issuer) || $0.policies.contains(where: isTestPolicy) })
        {
            return .test
        }
        if let authority = KnownAuthority.named(leaf.issuer), !authority.isRoot { return authority.certificateClass }
        return .unknown
    }

    /// By the issuer's name alone.
    public var generation: CertificateGeneration {
        if let authority = KnownAuthority.named(leaf.issuer) { return authority.generation }
        let organization = leaf.issuer.value(of: DistinguishedName.organization)
        let name = leaf.issuer.value(of: DistinguishedName.commonName) ?? ""
        if organization == "TRUST2408", name.hasPrefix("TRUST2408 ") { return .oces2 }
        if organization == "Den Danske Stat", name.hasPrefix("Den Danske Stat OCES ") { return .oces3 }
        return .other
    }

    /// A name and a key identifier can be written into any certificate, so only a path that ends at a known or pinned
    /// certificate proves something. What can be seen without a path is a key identifier that is the wrong one.
    public var proof: Proof {
        switch anchor {
        case .pinned, .known: return .proven
        case .configured, nil: break
        }
        guard let authority = KnownAuthority.named(leaf.issuer) else { return .unproven }
        if let issuer = issuers.first, let expected = authority.sha256, issuer.sha256 != expected {
            return .contradicted(expected: "fingerprint \(expected)", found: issuer.sha256)
        }
        if let found = leaf.authorityKeyIdentifier, let expected = authority.keyIdentifier, found != expected {
            return .contradicted(expected: "key identifier \(expected)", found: found)
        }
        return .unproven
    }

    private static func isTestName(_ name: DistinguishedName) -> Bool {
        name.values(of: DistinguishedName.organizationalUnit).contains { $0.utf8.starts(with: "Test".utf8) }
            || name.values(of: DistinguishedName.commonName).contains { contains($0, "Systemtest") }
    }

    private func isTestPolicy(_ policy: String) -> Bool { policy.hasPrefix("1.3.6.1.4.1.31313.") }

    /// Byte by byte; the standard library's search is in a module of its own.
    private static func contains(_ text: String, _ wanted: String) -> Bool {
        let text = Array(text.utf8)
        let wanted = Array(wanted.utf8)
        guard text.count >= wanted.count else { return false }
        return (0...(text.count - wanted.count)).contains { text[$0...].starts(with: wanted) }
    }
}
