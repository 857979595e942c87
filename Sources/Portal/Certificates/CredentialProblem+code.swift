extension CredentialProblem {
    /// A stable name, for programs. Those that a portal's answer can tell too are spelt as the reasons of dead letters are.
    public var code: String {
        switch self {
        case .unreadable: "file-unreadable"
        case .notAFile: "not-a-file"
        case .tooLarge: "file-too-large"
        case .empty: "file-empty"
        case .certificateInDER: "certificate-in-der"
        case .noCertificate: "no-certificate"
        case .damagedCertificate: "certificate-damaged"
        case .keyWithoutCertificate: "key-without-certificate"
        case .noKey: "no-key"
        case .damagedKey: "key-damaged"
        case .keyEncrypted: "key-encrypted"
        case .wrongPassword, .pkcs12WrongPassword: "wrong-password"
        case .keyMismatch: "key-mismatch"
        case .keyTooShort: "key-too-short"
        case .keyCannotSign: "key-cannot-sign"
        case .pkcs12Damaged: "pkcs12-damaged"
        case .pkcs12NotDecryptable: "pkcs12-not-decryptable"
        case .pkcs12Incomplete: "pkcs12-incomplete"
        case .expired: "expired"
        case .notYetValid: "not-yet-valid"
        case .issuerExpired: "issuer-expired"
        case .missingIssuer: "missing-issuer"
        case .notSignedByIssuer: "not-signed-by-issuer"
        case .untrustedRoot: "untrusted-root"
        case .issuerNotGenuine: "issuer-not-genuine"
        case .unknownIssuer: "unknown-issuer"
        case .badPin: "bad-pin"
        case .testCertificateInProduction: "test-certificate-in-production"
        case .productionCertificateInTest: "production-certificate-in-test"
        case .productionCertificateInSimulator: "production-certificate-in-simulator"
        case .wrongHost: "wrong-host"
        case .courtsHostInSimulator: "courts-host-in-simulator"
        case .wrongTokenHost: "wrong-token-host"
        }
    }

    /// The setting that it is about, as users write it.
    public var setting: String {
        switch self {
        case .unreadable(let setting, _, _), .notAFile(let setting, _), .tooLarge(let setting, _),
            .empty(let setting, _), .certificateInDER(let setting, _), .noCertificate(let setting, _),
            .damagedCertificate(let setting, _, _), .noKey(let setting, _), .damagedKey(let setting, _),
            .keyEncrypted(let setting, _), .wrongPassword(let setting, _), .courtsHostInSimulator(let setting, _):
            setting
        case .keyMismatch, .keyCannotSign: "portal.key.file"
        case .pkcs12WrongPassword: "portal.key.password.file"
        case .keyWithoutCertificate, .keyTooShort, .pkcs12Damaged, .pkcs12NotDecryptable, .pkcs12Incomplete, .expired,
            .notYetValid, .issuerExpired, .missingIssuer, .notSignedByIssuer, .untrustedRoot, .issuerNotGenuine,
            .unknownIssuer, .testCertificateInProduction, .productionCertificateInTest,
            .productionCertificateInSimulator:
            "portal.certificate.file"
        case .badPin: "portal.certificate.ca.pin"
        case .wrongHost: "portal.url"
        case .wrongTokenHost: "portal.token.url"
        }
    }
}
