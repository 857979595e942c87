import COpenSSL

/// An RSA key for tests; made once and never freed.
///
/// `@unchecked Sendable`: an EVP_PKEY is not changed after it was made, and OpenSSL counts references atomically.
final class TestKey: @unchecked Sendable {
    let pointer: OpaquePointer

    static let root = TestKey(bits: 2048)
    static let issuing = TestKey(bits: 2048)
    /// As long as those of OCES3.
    static let leaf = TestKey(bits: 3072)
    static let otherLeaf = TestKey(bits: 2048)
    static let stranger = TestKey(bits: 2048)
    static let short = TestKey(bits: 1024)

    private init(bits: CInt) {
        let context = EVP_PKEY_CTX_new_id(EVP_PKEY_RSA, nil)
        var key: OpaquePointer?
        guard EVP_PKEY_keygen_init(context) == 1, EVP_PKEY_CTX_set_rsa_keygen_bits(context, bits) == 1,
            EVP_PKEY_keygen(context, &key) == 1, let key
        else { preconditionFailure("no key") }
        EVP_PKEY_CTX_free(context)
        pointer = key
    }

    /// - Parameter password: encrypts it with AES-256.
    func pem(password: String? = nil) -> String {
        let sink = BIO_new(BIO_s_mem())
        defer { BIO_free(sink) }
        var password = Array((password ?? "").utf8)
        let done =
            password.isEmpty
            ? PEM_write_bio_PrivateKey(sink, pointer, nil, nil, 0, nil, nil)
            : PEM_write_bio_PKCS8PrivateKey(
                sink, pointer, EVP_aes_256_cbc(),
                password.withUnsafeMutableBytes { raw in
                    raw.baseAddress?.assumingMemoryBound(to: CChar.self)
                }, CInt(password.count), nil, nil)
        precondition(done == 1)
        return TestCertificate.text(sink)
    }
}
