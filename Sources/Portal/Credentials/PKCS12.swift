import COpenSSL

/// Reading PKCS#12 (RFC 7292), the form in which MitID Erhverv hands certificates out.
enum PKCS12 {
    /// Whether these bytes are a bare certificate.
    static func isCertificate(_ bytes: [UInt8]) -> Bool {
        defer { ERR_clear_error() }
        let found = bytes.withUnsafeBufferPointer { buffer in
            var position = buffer.baseAddress
            return d2i_X509(nil, &position, buffer.count)
        }
        guard let found else { return false }
        X509_free(found)
        return true
    }

    static func read(_ bytes: [UInt8], file: String, password: String?) throws(CredentialProblem) -> CredentialPair {
        ERR_clear_error()
        defer { ERR_clear_error() }
        let parsed = bytes.withUnsafeBufferPointer { buffer in
            var position = buffer.baseAddress
            return d2i_PKCS12(nil, &position, buffer.count)
        }
        guard let parsed else { throw .pkcs12Damaged(file: file) }
        defer { PKCS12_free(parsed) }
        var key: OpaquePointer?
        var certificate: OpaquePointer?
        var others: OpaquePointer?
        guard PKCS12_parse(parsed, password ?? "", &key, &certificate, &others) == 1 else {
            let isPassword = ERR_GET_REASON(ERR_peek_error()) == PKCS12_R_MAC_VERIFY_FAILURE
            throw isPassword ? .pkcs12WrongPassword(file: file) : .pkcs12NotDecryptable(file: file)
        }
        var pointers = certificate.map { [$0] } ?? []
        if let others {
            while let issuer = OPENSSL_sk_shift(others) { pointers.append(OpaquePointer(issuer)) }
            OPENSSL_sk_free(others)
        }
        let privateKey = key.map(PrivateKey.init)
        let list = CertificateList(pointers.compactMap(ChainBuilder.Entry.init(owning:)))
        guard let privateKey, certificate != nil, !list.entries.isEmpty else { throw .pkcs12Incomplete(file: file) }
        return CredentialPair(certificates: list, key: privateKey)
    }
}

extension ChainBuilder.Entry {
    /// Takes over the reference, and frees it when the certificate makes no sense.
    init?(owning pointer: OpaquePointer) {
        guard let certificate = Certificate(pointer) else {
            X509_free(pointer)
            return nil
        }
        self.init(pointer: pointer, certificate: certificate)
    }
}
