import Estates

/// Finds a TLS alert about our certificate in curl's words, which quote OpenSSL's reason strings ("tlsv13 alert certificate
/// required"). They are the only place: after a TLS 1.3 handshake curl reports such an alert as a plain failure to read.
enum ClientCertificateAlert {
    static func find(in diagnosis: String) -> PortalFailure.ClientCertificateAlert? {
        // curl takes this one alert, when it comes within the handshake (TLS 1.2), for a finding about the server's
        // certificate. A real one would name the problem (ossl_connect_step2 in lib/vtls/openssl.c).
        if diagnosis == "SSL certificate verification failed" { return .expired }
        guard let position = Substring(diagnosis).firstRange(of: "alert ") else { return nil }
        let reason = diagnosis[position.upperBound...]
        return table.first { reason.hasPrefix($0.0) }?.1
    }

    /// OpenSSL's strings for the alerts of RFC 8446 § 6.2 that concern certificates.
    private static let table: [(String, PortalFailure.ClientCertificateAlert)] = [
        ("certificate expired", .expired),
        ("certificate revoked", .revoked),
        ("unknown ca", .unknownIssuer),
        ("certificate required", .required),
        ("bad certificate", .other),
        ("certificate unknown", .other),
        ("unsupported certificate", .other),
        ("access denied", .other),
        // What a server says when our certificate was not signed by the authority whose name it carries, or when the proof that
        // we have its key fails.
        ("decrypt error", .other),
    ]
}

extension Substring {
    /// Plain search; the standard library's own comes with the string processing module, which nothing else here needs.
    fileprivate func firstRange(of text: StaticString) -> Range<Index>? {
        let wanted = "\(text)"
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(wanted) { return start..<index(start, offsetBy: wanted.count) }
            start = index(after: start)
        }
        return nil
    }
}
