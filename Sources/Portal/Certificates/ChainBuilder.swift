import COpenSSL

/// Follows a certificate's issuers upwards through the certificates that there are.
struct ChainBuilder {
    /// A certificate as OpenSSL holds it, and as a value.
    struct Entry {
        let pointer: OpaquePointer
        let certificate: Certificate
    }

    /// Those that came with our certificate, and those of the file of authorities.
    let candidates: [Entry]
    /// Fingerprints (SHA-256) of the file of authorities.
    let configured: Set<String>
    /// Fingerprints (SHA-256) that the configuration pins.
    let pinned: Set<String>

    /// Each path is followed as far as the certificates reach, also past an authority that is trusted: one further up may
    /// tell that it is a test.
    ///
    /// - Returns: the chain, and the entries of its issuers.
    func build(from leaf: Entry) -> (CertificateChain, [Entry]) {
        var path: [Entry] = []
        var current = leaf
        var end: CertificateChain.End?
        while end == nil {
            // An authority that has issued itself; it signs, too.
            if X509_check_issued(current.pointer, current.pointer) == X509_V_OK {
                end = signed(current, by: current) ? .root : .notSignedBy(current.certificate.issuer)
                break
            }
            let named = candidates.filter { isNamedIssuer($0, of: current, below: path, leaf) }
            if let issuer = named.first(where: { signed(current, by: $0) }) {
                path.append(issuer)
                current = issuer
            } else {
                end = named.isEmpty ? .missing(current.certificate.issuer) : .notSignedBy(current.certificate.issuer)
            }
        }
        ERR_clear_error()
        let issuers = path.map(\.certificate)
        let chain = CertificateChain(
            leaf: leaf.certificate, issuers: issuers, end: end ?? .missing(leaf.certificate.issuer),
            anchor: anchor(issuers, leaf.certificate))
        return (chain, path)
    }

    /// Whether it says that it is the issuer (names, key identifiers, key usage), is an authority, and is not in the path yet.
    private func isNamedIssuer(_ candidate: Entry, of current: Entry, below path: [Entry], _ leaf: Entry) -> Bool {
        candidate.certificate.isAuthority && candidate.certificate.sha256 != leaf.certificate.sha256
            && !path.contains { $0.certificate.sha256 == candidate.certificate.sha256 }
            && X509_check_issued(candidate.pointer, current.pointer) == X509_V_OK
    }

    private func signed(_ certificate: Entry, by issuer: Entry) -> Bool {
        guard let key = X509_get0_pubkey(issuer.pointer) else { return false }
        return X509_verify(certificate.pointer, key) == 1
    }

    private func anchor(_ issuers: [Certificate], _ leaf: Certificate) -> CertificateChain.Anchor? {
        if let found = issuers.first(where: { pinned.contains($0.sha256) }) { return .pinned(found.subject) }
        if let found = issuers.first(where: { KnownAuthority.withFingerprint($0.sha256) != nil }) {
            return .known(found.subject)
        }
        // Also a certificate that signs itself, as in a laboratory.
        return (issuers + [leaf]).first { configured.contains($0.sha256) }.map { .configured($0.subject) }
    }
}
