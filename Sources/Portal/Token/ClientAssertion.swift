import COpenSSL
import Glibc
import JSON

/// The signed assertion by which we authenticate at the token endpoint (RFC 7523 § 2.2): a JWT signed with PS256, whose
/// header names our certificate by its SHA-256 digest (`x5t#S256`, RFC 7515 § 4.1.8).
struct ClientAssertion {
    /// Seconds that an assertion is good for: long enough for a slow network, too short to be worth stealing.
    static let lifetime: Int64 = 60
    /// Seconds by which it is dated back: a server whose clock is behind ours must not find it to be from the future.
    static let backdating: Int64 = 30

    let clientID: String
    let audience: String
    let credentials: Credentials

    /// A fresh one, with an identifier of its own. Nil when OpenSSL cannot sign with this key, for instance since it is no
    /// RSA key.
    ///
    /// - Parameter now: seconds since 1970 by the server's clock, as far as it is known.
    func sign(now: Int64 = Int64(time(nil))) -> String? {
        guard let thumbprint else { return nil }
        let header = JSONWriter.object {
            $0.field("alg", "PS256")
            $0.field("typ", "JWT")
            $0.field("x5t#S256", thumbprint)
        }
        var identifier = [UInt8](repeating: 0, count: 16)
        guard RAND_bytes(&identifier, CInt(identifier.count)) == 1 else { return nil }
        let claims = JSONWriter.object {
            $0.field("iss", clientID)
            $0.field("sub", clientID)
            $0.field("aud", audience)
            $0.field("jti", Base64URL.encode(identifier))
            $0.field("iat", now - ClientAssertion.backdating)
            $0.field("nbf", now - ClientAssertion.backdating)
            $0.field("exp", now + ClientAssertion.lifetime)
        }
        let signed = "\(Base64URL.encode(header)).\(Base64URL.encode(claims))"
        return signature(of: Array(signed.utf8)).map { "\(signed).\(Base64URL.encode($0))" }
    }

    private var thumbprint: String? {
        var digest = [UInt8](repeating: 0, count: 32)
        var length: CUnsignedInt = 0
        guard X509_digest(credentials.certificate, EVP_sha256(), &digest, &length) == 1 else { return nil }
        return Base64URL.encode(digest)
    }

    /// RSASSA-PSS with SHA-256, MGF1 of the same, and a salt as long as the digest (RFC 7518 § 3.5).
    private func signature(of bytes: [UInt8]) -> [UInt8]? {
        guard let context = EVP_MD_CTX_new() else { return nil }
        defer {
            EVP_MD_CTX_free(context)
            ERR_clear_error()
        }
        var parameters: OpaquePointer?
        guard EVP_DigestSignInit(context, &parameters, EVP_sha256(), nil, credentials.key) == 1,
            EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) > 0,
            // -1: as long as the digest (RSA_PSS_SALTLEN_DIGEST).
            EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, -1) > 0
        else { return nil }
        var length = 0
        guard EVP_DigestSign(context, nil, &length, bytes, bytes.count) == 1 else { return nil }
        var signature = [UInt8](repeating: 0, count: length)
        guard EVP_DigestSign(context, &signature, &length, bytes, bytes.count) == 1 else { return nil }
        return Array(signature[..<length])
    }
}
