import Estates

/// What matters of an X.509 certificate (RFC 5280), as a value.
public struct Certificate: Hashable, Sendable {
    public let subject: DistinguishedName
    public let issuer: DistinguishedName
    /// Hexadecimal, upper-case, without colons, as all numbers and fingerprints here.
    public let serialNumber: String
    /// Seconds since 1970.
    public let notBefore: Int64
    /// Seconds since 1970; the certificate is good up to and including this second.
    public let notAfter: Int64
    /// `RSASSA-PSS`, or OpenSSL's name of another algorithm.
    public let signatureAlgorithm: String
    public let keyAlgorithm: String
    public let keyBits: Int
    public let isAuthority: Bool
    /// Object identifiers of the certificate policies.
    public let policies: [String]
    public let subjectKeyIdentifier: String?
    public let authorityKeyIdentifier: String?
    /// Where the issuer's certificate is to be had (authority information access).
    public let issuerAddresses: [String]
    public let ocspAddresses: [String]
    public let crlAddresses: [String]
    public let sha1: String
    public let sha256: String

    /// Whole days until it expires, rounded down: 0 on its last day, negative when it has expired.
    ///
    /// - Parameter now: seconds since 1970.
    public func daysToExpiry(now: Int64) -> Int {
        let left = notAfter - now
        return Int(left >= 0 ? left / 86_400 : (left - 86_399) / 86_400)
    }

    /// The hosts that serve the issuer's certificate, OCSP and the revocation list. They tell a reader more than the names
    /// do, but anyone can write them into a certificate, so nothing rests on them.
    public var hosts: [String] {
        var hosts: [String] = []
        for address in issuerAddresses + ocspAddresses + crlAddresses {
            if let host = WebAddress(address)?.host, !hosts.contains(host) { hosts.append(host) }
        }
        return hosts
    }
}
