/// Certificates from a file, and the key that should belong to one of them.
struct CredentialPair {
    let certificates: CertificateList
    /// Nil when it could not be read.
    let key: PrivateKey?

    /// Our certificate. Files in which it is not the first are common; the key tells which one it is. Without one that fits,
    /// what is no authority must be meant, so that it can be judged all the same.
    var leaf: ChainBuilder.Entry? {
        matching ?? certificates.entries.first { !$0.certificate.isAuthority } ?? certificates.entries.first
    }

    private var matching: ChainBuilder.Entry? {
        certificates.entries.first { key?.belongs(to: $0.pointer) ?? false }
    }

    /// Nil when no key belongs to the certificate.
    func credentials(
        leaf: ChainBuilder.Entry, chain: CertificateChain, issuers: [ChainBuilder.Entry], owner: AnyObject?
    )
        -> Credentials?
    {
        guard let key, key.belongs(to: leaf.pointer) else { return nil }
        // A root is not sent: who does not have it would not believe it (RFC 8446 § 4.4.2).
        let sent = issuers.filter { $0.certificate.subject != $0.certificate.issuer }
        return Credentials(
            certificate: leaf.pointer, key: key.pointer, issuers: sent.map(\.pointer), chain: chain,
            owners: [certificates, key] + (owner.map { [$0] } ?? []))
    }
}
