import Estates

extension CredentialProblem {
    /// What is wrong: what was found, and where it matters what was expected. Never holds what a secret file says.
    public var what: String {
        switch self {
        case .unreadable(_, let file, let reason): "\(file) cannot be read (\(reason))"
        case .notAFile(_, let file): "\(file) is a folder or a device"
        case .tooLarge(_, let file): "\(file) is far larger than certificates and keys are"
        case .empty(_, let file): "\(file) is empty"
        case .certificateInDER(_, let file): "\(file) holds a certificate in DER form, not in PEM form"
        case .noCertificate(_, let file): "\(file) holds no certificate in PEM form"
        case .damagedCertificate(_, let file, let number): "certificate \(number) in \(file) is damaged"
        case .keyWithoutCertificate: "a key is named and no certificate"
        case .noKey(_, let file): "\(file) holds no private key in PEM form"
        case .damagedKey(_, let file): "\(file) holds a damaged private key"
        case .keyEncrypted(_, let file): "\(file) holds a key that is encrypted"
        case .wrongPassword(_, let file): "\(file) holds a key that this password does not open"
        case .keyMismatch(let file): "the key in \(file) does not belong to the certificate"
        case .keyTooShort(let bits): "the certificate's key has \(bits) bits; 2048 is the least"
        case .keyCannotSign: "the key cannot sign with PS256"
        case .pkcs12Damaged(let file): "\(file) is not PKCS#12, or damaged"
        case .pkcs12WrongPassword(let file): "\(file) cannot be opened with this password"
        case .pkcs12NotDecryptable(let file): "\(file) is encrypted in a way that OpenSSL 3 does not offer"
        case .pkcs12Incomplete(let file): "\(file) lacks the certificate or its key"
        case .expired(let at): "the certificate expired at \(time(at))"
        case .notYetValid(let from): "the certificate is valid only from \(time(from))"
        case .issuerExpired(let name, let at): "the issuer's certificate (\(name)) expired at \(time(at))"
        case .missingIssuer(let name, _): "the certificate of the issuer is missing: \(name)"
        case .notSignedByIssuer(let name):
            "there is a certificate of the issuer's name (\(name)), but its key did not sign the one below it"
        case .untrustedRoot(let name): "the chain ends at an authority that is not known: \(name)"
        case .issuerNotGenuine(let name, let expected, let found):
            "the issuer calls itself \(name), but is another: \(expected) was expected, \(found) was found"
        case .unknownIssuer(let name, let resembles):
            "the issuer is neither the production nor the test authority: \(name)"
                + (resembles.map { "; it resembles \($0), and is not it" } ?? "")
        case .badPin(let text): "'\(text)' is no SHA-256 fingerprint"
        case .testCertificateInProduction(let issuer):
            "a test certificate (issuer \(issuer)) with portal.environment=production"
        case .productionCertificateInTest(let issuer):
            "a production certificate (issuer \(issuer)) with portal.environment=test"
        case .productionCertificateInSimulator(let issuer):
            "a production certificate (issuer \(issuer)) with portal.environment=simulator"
        case .wrongHost(let environment, let expected, let found):
            "portal.environment=\(environment.rawValue) is at \(expected), and this is \(found)"
        case .courtsHostInSimulator(_, let host): "\(host) belongs to the courts, and portal.environment=simulator"
        case .wrongTokenHost(let environment, let expected, let found):
            "portal.environment=\(environment.rawValue) has its tokens from a host under \(expected), and this is \(found)"
        }
    }

    private func time(_ seconds: Int64) -> String {
        // Without milliseconds, which certificates do not have.
        Timestamp(milliseconds: seconds * 1000).description.prefix(19) + "Z"
    }
}
