import COpenSSL

/// The public key of the client's certificate, against which its assertions are checked.
///
/// @unchecked Sendable: the key is never changed after it is made, and OpenSSL allows concurrent use of a key that
/// nobody changes.
final class AssertionKey: @unchecked Sendable {
    private let key: OpaquePointer

    /// The key of the first certificate in the PEM text, or nil when there is none.
    init?(certificatePEM: String) {
        let bytes = Array(certificatePEM.utf8)
        let certificate = bytes.withUnsafeBytes { raw -> OpaquePointer? in
            guard let input = BIO_new_mem_buf(raw.baseAddress, Int32(raw.count)) else { return nil }
            defer { BIO_free(input) }
            return PEM_read_bio_X509(input, nil, nil, nil)
        }
        guard let certificate else { return nil }
        defer { X509_free(certificate) }
        guard let key = X509_get_pubkey(certificate) else { return nil }
        self.key = key
    }

    deinit { EVP_PKEY_free(key) }

    /// Whether this is the key's signature with RSASSA-PSS and SHA-256 (PS256, RFC 7518 § 3.5).
    func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        guard let context = EVP_MD_CTX_new() else { return false }
        defer { EVP_MD_CTX_free(context) }
        var keyContext: OpaquePointer?
        guard EVP_DigestVerifyInit(context, &keyContext, EVP_sha256(), nil, key) == 1,
            EVP_PKEY_CTX_set_rsa_padding(keyContext, RSA_PKCS1_PSS_PADDING) == 1,
            // The salt is as long as the digest; the header has the number as a macro only.
            EVP_PKEY_CTX_set_rsa_pss_saltlen(keyContext, -1) == 1
        else { return false }
        return EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    }
}
