extension CredentialProblem {
    /// What to do about it.
    public var remedy: String {
        switch self {
        case .unreadable: "correct the name, or let this user read it"
        case .notAFile, .tooLarge: "name the file itself"
        case .empty: "write it again; perhaps a copy was interrupted, or a secret was mounted empty"
        case .certificateInDER(_, let file): "convert it: openssl x509 -inform DER -in \(file) -out certificate.pem"
        case .noCertificate(let setting, _):
            setting == "portal.ca.file"
                ? "give the issuers of the portal's certificate as PEM" : "give the VOCES certificate as PEM or PKCS#12"
        case .damagedCertificate: "export it again; a PEM file is text and must be copied whole"
        case .keyWithoutCertificate: "name the certificate that belongs to the key"
        case .noKey: "name the file that holds the key"
        case .damagedKey: "export the key again"
        case .keyEncrypted: "set portal.key.password.file"
        case .wrongPassword, .pkcs12WrongPassword: "correct the password in portal.key.password.file"
        case .keyMismatch: "name the key that the certificate was issued for; after a renewal both files are new"
        case .keyTooShort, .keyCannotSign: "use an RSA key as every VOCES certificate has; the portal refuses others"
        case .pkcs12Damaged: "export certificate and key again as PKCS#12"
        case .pkcs12NotDecryptable:
            "files from before OpenSSL 3 may use RC2: read it with openssl pkcs12 -legacy and export it again without"
        case .pkcs12Incomplete: "export certificate and key together"
        case .expired, .issuerExpired: "order a new one in MitID Erhverv and replace the files; no restart is needed"
        case .notYetValid: "check this machine's clock, or wait with the new certificate until then"
        case .missingIssuer(_, let address):
            (address.map { "get it from \($0) (openssl x509 -inform DER makes it PEM)" } ?? "get it from the authority")
                + " and append it to the certificate's file"
        case .notSignedByIssuer: "replace the issuer's certificate in the file by the real one"
        case .untrustedRoot, .unknownIssuer:
            "use a VOCES certificate of the Danish state; if the authority is right, name its certificate's SHA-256"
                + " fingerprint in portal.certificate.ca.pin"
        case .issuerNotGenuine:
            "find out where this certificate comes from; the courts will not accept it"
        case .badPin: "write 64 hexadecimal digits, with or without colons (openssl x509 -noout -fingerprint -sha256)"
        case .testCertificateInProduction: "use the production certificate, or set portal.environment=test"
        case .productionCertificateInTest:
            "use the test certificate that is registered with the courts, or set portal.environment=production"
        case .productionCertificateInSimulator:
            "use a test certificate or none; a production certificate is never shown to a simulator"
        case .wrongHost: "leave out portal.url, or correct portal.environment"
        case .courtsHostInSimulator:
            "set portal.environment to test or production, or name the simulator's own address"
        case .wrongTokenHost(_, _, let found):
            "correct portal.token.url or portal.environment; if the guide names this host, set portal.token.host=\(found)"
        }
    }
}

extension CredentialProblem: CustomStringConvertible {
    public var description: String { "\(setting): \(what); \(remedy)" }
}
