import COpenSSL

/// Reads the extensions of a certificate that hold lists. OpenSSL's stacks are typed by macros, which Swift does not see,
/// so the plain functions under them are used.
enum CertificateExtensions {
    /// RFC 5280 § 4.2.1.4.
    static func policies(_ certificate: OpaquePointer) -> [String] {
        elements(certificate, NID_certificate_policies, free: CERTIFICATEPOLICIES_free) { element in
            OpenSSLText.identifier(element.assumingMemoryBound(to: POLICYINFO.self).pointee.policyid)
        }
    }

    /// RFC 5280 § 4.2.2.1.
    static func access(_ certificate: OpaquePointer) -> (issuers: [String], ocsp: [String]) {
        let found = elements(certificate, NID_info_access, free: AUTHORITY_INFO_ACCESS_free) { element in
            let access = element.assumingMemoryBound(to: ACCESS_DESCRIPTION.self).pointee
            return address(access.location).map { (OBJ_obj2nid(access.method), $0) }
        }
        return (
            found.filter { $0.0 == NID_ad_ca_issuers }.map(\.1), found.filter { $0.0 == NID_ad_OCSP }.map(\.1)
        )
    }

    /// RFC 5280 § 4.2.1.13.
    static func revocationLists(_ certificate: OpaquePointer) -> [String] {
        elements(certificate, NID_crl_distribution_points, free: CRL_DIST_POINTS_free) { element in
            let point = element.assumingMemoryBound(to: DIST_POINT.self).pointee
            // 0: a full name; else one relative to the issuer's.
            guard let name = point.distpoint, name.pointee.type == 0, let names = name.pointee.name.fullname else {
                return nil
            }
            for index in 0..<max(0, OPENSSL_sk_num(names)) {
                let general = OPENSSL_sk_value(names, index)?.assumingMemoryBound(to: GENERAL_NAME.self)
                if let found = address(general) { return found }
            }
            return nil
        }
    }

    private static func elements<Value>(
        _ certificate: OpaquePointer, _ extension: CInt, free: (OpaquePointer?) -> Void,
        _ read: (UnsafeMutableRawPointer) -> Value?
    ) -> [Value] {
        guard let raw = X509_get_ext_d2i(certificate, `extension`, nil, nil) else { return [] }
        let stack = OpaquePointer(raw)
        defer { free(stack) }
        return (0..<max(0, OPENSSL_sk_num(stack))).compactMap { index in
            OPENSSL_sk_value(stack, index).flatMap(read)
        }
    }

    /// Nil when the name is no URI.
    private static func address(_ name: UnsafePointer<GENERAL_NAME>?) -> String? {
        guard let name else { return nil }
        var kind: CInt = 0
        let value = GENERAL_NAME_get0_value(name, &kind)
        guard kind == GEN_URI, let value else { return nil }
        return OpenSSLText.text(value.assumingMemoryBound(to: ASN1_STRING.self))
    }
}
