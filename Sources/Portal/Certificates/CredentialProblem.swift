/// Everything that can be wrong with our certificate, its key, the authorities, and with how they and the addresses fit the
/// environment. `what` says what is wrong, `setting` where, `remedy` what to do about it.
public enum CredentialProblem: Error, Hashable, Sendable {
    // Files, by the setting that names them.
    case unreadable(setting: String, file: String, reason: String)
    case notAFile(setting: String, file: String)
    case tooLarge(setting: String, file: String)
    case empty(setting: String, file: String)
    case certificateInDER(setting: String, file: String)
    case noCertificate(setting: String, file: String)
    /// The certificate of that number in the file, counted from 1.
    case damagedCertificate(setting: String, file: String, number: Int)

    // The key.
    case keyWithoutCertificate
    case noKey(setting: String, file: String)
    case damagedKey(setting: String, file: String)
    case keyEncrypted(setting: String, file: String)
    case wrongPassword(setting: String, file: String)
    case keyMismatch(file: String)
    case keyTooShort(bits: Int)
    case keyCannotSign

    // PKCS#12.
    case pkcs12Damaged(file: String)
    case pkcs12WrongPassword(file: String)
    case pkcs12NotDecryptable(file: String)
    case pkcs12Incomplete(file: String)

    // The certificate; times are seconds since 1970.
    case expired(at: Int64)
    case notYetValid(from: Int64)
    case issuerExpired(DistinguishedName, at: Int64)
    case missingIssuer(DistinguishedName, address: String?)
    case notSignedByIssuer(DistinguishedName)
    case untrustedRoot(DistinguishedName)
    case issuerNotGenuine(DistinguishedName, expected: String, found: String)
    case unknownIssuer(DistinguishedName, resembles: DistinguishedName?)
    case badPin(text: String)

    // The closed set.
    case testCertificateInProduction(issuer: DistinguishedName)
    case productionCertificateInTest(issuer: DistinguishedName)
    case productionCertificateInSimulator(issuer: DistinguishedName)
    case wrongHost(PortalSettings.Environment, expected: String, found: String)
    case courtsHostInSimulator(setting: String, host: String)
    case wrongTokenHost(PortalSettings.Environment, expected: String, found: String)
}
