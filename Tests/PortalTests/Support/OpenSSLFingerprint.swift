import COpenSSL

/// A fingerprint as `openssl x509 -fingerprint` prints it, reckoned apart from the code under test.
enum OpenSSLFingerprint {
    static func sha256(of certificate: TestCertificate) -> String {
        let bytes = certificate.der
        var digest = [UInt8](repeating: 0, count: 32)
        EVP_Digest(bytes, bytes.count, &digest, nil, EVP_sha256(), nil)
        return digest.map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }.joined(separator: ":")
    }
}
