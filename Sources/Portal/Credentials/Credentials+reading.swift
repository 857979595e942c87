import COpenSSL
import Glibc

extension Credentials {
    /// Reads what the settings name.
    ///
    /// - Returns: nil when no certificate is named, or when something is wrong, which is then in `problems`.
    static func read(_ settings: PortalSettings, problems: inout [PortalSetupError.Problem]) -> Credentials? {
        guard let file = settings.certificateFile else {
            if settings.keyFile != nil {
                problems.append(
                    .init(
                        "portal.certificate.file", "a key is named and no certificate",
                        remedy: "name the certificate that belongs to the key"))
            }
            return nil
        }
        guard let bytes = contents(of: file, setting: "portal.certificate.file", problems: &problems) else {
            return nil
        }
        if file.hasSuffix(".p12") || file.hasSuffix(".pfx") {
            return readPKCS12(bytes, file: file, settings: settings, problems: &problems)
        }
        return readPEM(bytes, file: file, settings: settings, problems: &problems)
    }

    private static func readPEM(
        _ bytes: [UInt8], file: String, settings: PortalSettings, problems: inout [PortalSetupError.Problem]
    ) -> Credentials? {
        var certificates = PEM.certificates(in: bytes)
        if certificates.isEmpty {
            problems.append(
                .init(
                    "portal.certificate.file", "\(file) holds no certificate in PEM form",
                    remedy: "give the VOCES certificate as PEM, or as PKCS#12 in a file that ends in .p12 or .pfx"))
        }
        let setting = settings.keyFile == nil ? "portal.certificate.file" : "portal.key.file"
        let keyFile = settings.keyFile ?? file
        let keyBytes =
            settings.keyFile.map { contents(of: $0, setting: setting, problems: &problems) } ?? Optional(bytes)
        var key: OpaquePointer?
        if let keyBytes {
            switch PEM.privateKey(in: keyBytes, password: settings.keyPassword) {
            case .success(let found): key = found
            case .failure(let problem):
                problems.append(.init(setting, "\(keyFile) \(problem.what)", remedy: problem.remedy))
            }
        }
        guard let key, !certificates.isEmpty else {
            for certificate in certificates { X509_free(certificate) }
            if let key { EVP_PKEY_free(key) }
            return nil
        }
        let leaf = certificates.removeFirst()
        return matching(Credentials(certificate: leaf, key: key, issuers: certificates), keyFile, &problems)
    }

    private static func readPKCS12(
        _ bytes: [UInt8], file: String, settings: PortalSettings, problems: inout [PortalSetupError.Problem]
    ) -> Credentials? {
        func fail(_ problem: String, _ remedy: String, setting: String = "portal.certificate.file") -> Credentials? {
            problems.append(.init(setting, "\(file) \(problem)", remedy: remedy))
            return nil
        }
        ERR_clear_error()
        var parsed: OpaquePointer?
        bytes.withUnsafeBufferPointer { buffer in
            var position = buffer.baseAddress
            parsed = d2i_PKCS12(nil, &position, buffer.count)
        }
        guard let parsed else { return fail("is not PKCS#12", "export certificate and key again as PKCS#12") }
        defer { PKCS12_free(parsed) }
        var key: OpaquePointer?
        var certificate: OpaquePointer?
        var others: OpaquePointer?
        if PKCS12_parse(parsed, settings.keyPassword ?? "", &key, &certificate, &others) != 1 {
            let wrongPassword = ERR_GET_REASON(ERR_peek_error()) == PKCS12_R_MAC_VERIFY_FAILURE
            ERR_clear_error()
            return wrongPassword
                ? fail(
                    "cannot be opened with this password", "correct the password in the file that is named there",
                    setting: "portal.key.password.file")
                : fail(
                    "cannot be decrypted",
                    "files from before OpenSSL 3 may use RC2: export again with openssl pkcs12 -legacy and without it")
        }
        var issuers: [OpaquePointer] = []
        if let others {
            while let issuer = OPENSSL_sk_shift(others) { issuers.append(OpaquePointer(issuer)) }
            OPENSSL_sk_free(others)
        }
        guard let key, let certificate else {
            if let key { EVP_PKEY_free(key) }
            if let certificate { X509_free(certificate) }
            for issuer in issuers { X509_free(issuer) }
            return fail("lacks the certificate or its key", "export certificate and key together")
        }
        return matching(Credentials(certificate: certificate, key: key, issuers: issuers), file, &problems)
    }

    private static func matching(
        _ credentials: Credentials, _ keyFile: String, _ problems: inout [PortalSetupError.Problem]
    ) -> Credentials? {
        if X509_check_private_key(credentials.certificate, credentials.key) == 1 { return credentials }
        ERR_clear_error()
        problems.append(
            .init(
                "portal.key.file", "the key in \(keyFile) does not belong to the certificate",
                remedy: "name the key that the certificate was issued for; our certificate comes first in its file"))
        return nil
    }

    /// The file's bytes, or nil and a problem.
    static func contents(
        of file: String, setting: String, problems: inout [PortalSetupError.Problem]
    ) -> [UInt8]? {
        let descriptor = open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            problems.append(
                .init(
                    setting, "\(file) cannot be read (\(String(cString: strerror(errno))))",
                    remedy: "correct the name, or let this user read it"))
            return nil
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &piece, piece.count)
            // Certificates and keys are small; a wrong name must not fill the memory.
            if count <= 0 || bytes.count > 1 << 22 { break }
            bytes.append(contentsOf: piece[..<count])
        }
        return bytes
    }
}
