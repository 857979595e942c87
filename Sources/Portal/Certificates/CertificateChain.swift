/// A certificate with the path of issuers above it, as far as it could be followed.
public struct CertificateChain: Hashable, Sendable {
    /// On what the path rests.
    public enum Anchor: Hashable, Sendable {
        /// The configuration names the authority's fingerprint.
        case pinned(DistinguishedName)
        /// An OCES authority, recognised by its fingerprint.
        case known(DistinguishedName)
        /// An authority in the file of authorities.
        case configured(DistinguishedName)
    }

    /// Where the path ends.
    public enum End: Hashable, Sendable {
        /// With an authority that signs itself.
        case root
        /// No certificate of this name was given. It may be a root, which need not be.
        case missing(DistinguishedName)
        /// There is an authority of this name, but its key did not sign the certificate below.
        case notSignedBy(DistinguishedName)
    }

    public let leaf: Certificate
    /// From the leaf's issuer upwards.
    public let issuers: [Certificate]
    public let end: End
    /// Nil when nothing in the path is trusted.
    public let anchor: Anchor?

    /// Whether the known key, or a pinned one, stands behind the issuer's name.
    public enum Proof: Hashable, Sendable {
        case proven
        /// Nothing speaks against it, but the path does not reach an authority that is known or pinned.
        case unproven
        /// The issuer's name is known, and the key or the certificate behind it is another one.
        case contradicted(expected: String, found: String)
    }
}
