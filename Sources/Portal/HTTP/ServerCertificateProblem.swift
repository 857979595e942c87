import CCurl

/// Says in our own words why the server's certificate was refused.
enum ServerCertificateProblem {
    static func describe(_ transfer: Transfer) -> String {
        var code = 0
        shim_info_long(transfer.easy, CURLINFO_SSL_VERIFYRESULT, &code)
        // The numbers are OpenSSL's X509_V_ERR_… (openssl/x509_vfy.h).
        return switch code {
        case 9: "the server's certificate is not valid yet"
        case 10: "the server's certificate has expired"
        case 18, 19, 20, 21: "the server's certificate has an issuer that is not trusted"
        case 23: "the server's certificate is revoked"
        // 1 is curl's own: it has looked at the name, which comes first, and not at the rest yet.
        case 1, 62: "the server's certificate is for another host"
        default: "the server's certificate does not verify (OpenSSL \(code))"
        }
    }
}
