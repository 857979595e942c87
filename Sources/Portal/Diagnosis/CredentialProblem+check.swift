extension CredentialProblem {
    /// The check that finds it.
    var check: PortalFinding.Check {
        switch self {
        case .unreadable(let setting, _, _), .notAFile(let setting, _), .tooLarge(let setting, _),
            .empty(let setting, _):
            setting == "portal.key.file" ? .key : setting == "portal.ca.file" ? .chain : .certificateReadable
        case .certificateInDER(let setting, _), .noCertificate(let setting, _), .damagedCertificate(let setting, _, _):
            setting == "portal.ca.file" ? .chain : .certificateReadable
        case .keyWithoutCertificate, .pkcs12Damaged, .pkcs12WrongPassword, .pkcs12NotDecryptable, .pkcs12Incomplete:
            .certificateReadable
        case .noKey, .damagedKey, .keyEncrypted, .wrongPassword, .keyMismatch, .keyTooShort, .keyCannotSign: .key
        case .expired, .notYetValid, .issuerExpired: .validity
        case .missingIssuer, .notSignedByIssuer, .untrustedRoot, .issuerNotGenuine, .badPin: .chain
        case .unknownIssuer, .testCertificateInProduction, .productionCertificateInTest,
            .productionCertificateInSimulator:
            .certificateClass
        case .wrongHost, .courtsHostInSimulator, .wrongTokenHost: .environment
        }
    }
}
