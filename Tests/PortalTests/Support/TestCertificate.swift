import COpenSSL
import Glibc
import Synchronization

/// A certificate made for a test with OpenSSL: whatever its fields say, and whoever signs it.
struct TestCertificate: Sendable {
    var subject = TestName.voces
    var issuer = TestName.testIssuer
    var key = TestKey.leaf
    var signer = TestKey.issuing
    /// Days from now; a little earlier, so that it is valid at once.
    var from = 0
    var until = 1095
    var isAuthority = false
    var isSignedWithPSS = true
    var hasKeyIdentifiers = true
    /// As openssl.cnf writes them.
    var extensions: [(String, String)] = []

    static let productionHosts = hosts("ca1.gov.dk")
    static let testHosts = hosts("ca1.cti-gov.dk")

    private static func hosts(_ host: String) -> [(String, String)] {
        [
            (
                "authorityInfoAccess",
                "caIssuers;URI:http://\(host)/oces/issuing/1/cacert/issuing.cer,OCSP;URI:http://\(host)/ocsp"
            ), ("crlDistributionPoints", "URI:http://\(host)/oces/issuing/1/crl/issuing.crl"),
            ("certificatePolicies", "0.4.0.2042.1.1,1.2.208.169.1.1.1.3.7"),
        ]
    }

    static let testRoot = authority(.testRoot, key: .root)
    static let testIssuing = authority(.testIssuer, by: .testRoot)
    static let testLeaf = TestCertificate(extensions: testHosts)
    static let productionRoot = authority(.productionRoot, key: .root)
    static let productionIssuing = authority(.productionIssuer, by: .productionRoot)
    static let productionLeaf = TestCertificate(issuer: .productionIssuer, extensions: productionHosts)

    static func authority(_ name: TestName, key: TestKey = .issuing, by issuer: TestName? = nil) -> TestCertificate {
        TestCertificate(
            subject: name, issuer: issuer ?? name, key: key, signer: .root, until: 3650, isAuthority: true)
    }

    var pem: String {
        let bytes = der
        let sink = BIO_new(BIO_s_mem())
        defer { BIO_free(sink) }
        precondition(PEM_write_bio(sink, "CERTIFICATE", "", bytes, bytes.count) > 0)
        return TestCertificate.text(sink)
    }

    /// The same bytes each time: a signature by RSASSA-PSS has a random part.
    var der: [UInt8] {
        let name =
            "\(subject)\(issuer)\(key.pointer)\(signer.pointer)\(from) \(until)\(isAuthority)"
            + "\(isSignedWithPSS)\(hasKeyIdentifiers)\(extensions)"
        return TestCertificate.made.withLock { made in
            if let known = made[name] { return known }
            let certificate = make()
            defer { X509_free(certificate) }
            var bytes: UnsafeMutablePointer<UInt8>?
            let count = i2d_X509(certificate, &bytes)
            defer { CRYPTO_free(bytes, "", 0) }
            let der = Array(UnsafeBufferPointer(start: bytes, count: Int(count)))
            made[name] = der
            return der
        }
    }

    private static let made = Mutex<[String: [UInt8]]>([:])

    /// The caller owns it.
    private func make() -> OpaquePointer {
        guard let made = X509_new() else { preconditionFailure("X509_new") }
        X509_set_version(made, 2)
        ASN1_INTEGER_set_uint64(X509_get_serialNumber(made), 0x0EF2_E264_7111_4E10)
        subject.fill(X509_get_subject_name(made))
        issuer.fill(X509_get_issuer_name(made))
        X509_gmtime_adj(X509_getm_notBefore(made), from * 86_400 - 60)
        X509_gmtime_adj(X509_getm_notAfter(made), until * 86_400)
        X509_set_pubkey(made, key.pointer)
        add("basicConstraints", isAuthority ? "critical,CA:TRUE" : "critical,CA:FALSE", to: made)
        add("keyUsage", isAuthority ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature", to: made)
        if hasKeyIdentifiers {
            add("subjectKeyIdentifier", "hash", to: made)
            addAuthorityKeyIdentifier(to: made)
        }
        for (name, value) in extensions { add(name, value, to: made) }
        sign(made)
        return made
    }

    private func add(_ name: String, _ value: String, to made: OpaquePointer) {
        var context = v3_ext_ctx()
        X509V3_set_ctx(&context, made, made, nil, nil, 0)
        // Policies want to have a configuration, though an empty one will do.
        let configuration = NCONF_new(nil)
        defer { NCONF_free(configuration) }
        X509V3_set_nconf(&context, configuration)
        guard let found = X509V3_EXT_nconf(configuration, &context, name, value) else {
            preconditionFailure("extension \(name)")
        }
        X509_add_ext(made, found, -1)
        X509_EXTENSION_free(found)
    }

    /// The digest of the signer's key, which is what `subjectKeyIdentifier=hash` makes in its certificate.
    private func addAuthorityKeyIdentifier(to made: OpaquePointer) {
        guard let issuer = X509_new() else { preconditionFailure("X509_new") }
        defer { X509_free(issuer) }
        X509_set_pubkey(issuer, signer.pointer)
        add("subjectKeyIdentifier", "hash", to: issuer)
        var context = v3_ext_ctx()
        X509V3_set_ctx(&context, issuer, made, nil, nil, 0)
        guard let found = X509V3_EXT_conf(nil, &context, "authorityKeyIdentifier", "keyid:always") else {
            preconditionFailure("authorityKeyIdentifier")
        }
        X509_add_ext(made, found, -1)
        X509_EXTENSION_free(found)
    }

    private func sign(_ made: OpaquePointer) {
        let context = EVP_MD_CTX_new()
        defer { EVP_MD_CTX_free(context) }
        var parameters: OpaquePointer?
        precondition(EVP_DigestSignInit(context, &parameters, EVP_sha256(), nil, signer.pointer) == 1)
        if isSignedWithPSS {
            precondition(EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) > 0)
            precondition(EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, 32) > 0)
        }
        precondition(X509_sign_ctx(made, context) > 0)
    }

    static func text(_ sink: OpaquePointer?) -> String {
        var bytes = [UInt8](repeating: 0, count: 1 << 14)
        let count = BIO_read(sink, &bytes, CInt(bytes.count))
        return String(decoding: bytes.prefix(max(0, Int(count))), as: UTF8.self)
    }
}
