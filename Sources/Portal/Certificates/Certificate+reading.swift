import COpenSSL

extension Certificate {
    /// - Parameter certificate: an `X509`, which stays the caller's. Nil when its times make no sense.
    init?(_ certificate: OpaquePointer) {
        guard let notBefore = OpenSSLText.seconds(X509_get0_notBefore(certificate)),
            let notAfter = OpenSSLText.seconds(X509_get0_notAfter(certificate))
        else { return nil }
        // Reads the extensions once for all; a defect in them shows as an extension that is not there.
        X509_check_purpose(certificate, -1, 0)
        let key = X509_get0_pubkey(certificate)
        let access = CertificateExtensions.access(certificate)
        self.init(
            subject: DistinguishedName(X509_get_subject_name(certificate)),
            issuer: DistinguishedName(X509_get_issuer_name(certificate)),
            serialNumber: OpenSSLText.hex(OpenSSLText.bytes(X509_get0_serialNumber(certificate))),
            notBefore: notBefore, notAfter: notAfter,
            signatureAlgorithm: Certificate.algorithm(X509_get_signature_nid(certificate)),
            keyAlgorithm: Certificate.algorithm(key.map { EVP_PKEY_get_base_id($0) } ?? NID_undef),
            keyBits: key.map { Int(EVP_PKEY_get_bits($0)) } ?? 0,
            isAuthority: X509_check_ca(certificate) > 0, policies: CertificateExtensions.policies(certificate),
            subjectKeyIdentifier: Certificate.identifier(X509_get0_subject_key_id(certificate)),
            authorityKeyIdentifier: Certificate.identifier(X509_get0_authority_key_id(certificate)),
            issuerAddresses: access.issuers, ocspAddresses: access.ocsp,
            crlAddresses: CertificateExtensions.revocationLists(certificate),
            sha1: Certificate.digest(certificate, EVP_sha1()), sha256: Certificate.digest(certificate, EVP_sha256()))
        ERR_clear_error()
    }

    /// The digest of the whole certificate: what is called its fingerprint.
    private static func digest(_ certificate: OpaquePointer, _ algorithm: OpaquePointer?) -> String {
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var length: CUnsignedInt = 0
        guard X509_digest(certificate, algorithm, &digest, &length) == 1 else { return "" }
        return OpenSSLText.hex(digest.prefix(Int(length)))
    }

    private static func identifier(_ octets: UnsafePointer<ASN1_OCTET_STRING>?) -> String? {
        octets.map { OpenSSLText.hex(OpenSSLText.bytes($0)) }
    }

    private static func algorithm(_ number: CInt) -> String {
        switch number {
        case NID_rsassaPss: "RSASSA-PSS"
        case NID_rsaEncryption: "RSA"
        case NID_X9_62_id_ecPublicKey: "EC"
        default: OBJ_nid2sn(number).map { String(cString: $0) } ?? "unknown"
        }
    }
}
