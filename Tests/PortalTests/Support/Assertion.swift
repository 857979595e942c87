import COpenSSL
import Glibc
import JSON
import Testing

/// Looks at a client assertion as a token server would.
enum Assertion {
    /// - Parameter skew: seconds by which the server's clock is before ours.
    static func check(_ text: String, certificate: String, audience: String, skew: Int64 = 0) throws {
        let parts = text.split(separator: ".").map(String.init)
        try #require(parts.count == 3)
        let file = try #require(BIO_new_file(certificate, "r"))
        defer { BIO_free(file) }
        let ours = try #require(PEM_read_bio_X509(file, nil, nil, nil))
        defer { X509_free(ours) }

        let header = try JSONDocument.parse(decode(parts[0]))
        #expect(header["alg"]?.string == "PS256")
        var digest = [UInt8](repeating: 0, count: 32)
        X509_digest(ours, EVP_sha256(), &digest, nil)
        #expect(header["x5t#S256"]?.string.map(decode) == digest)

        let claims = try JSONDocument.parse(decode(parts[1]))
        #expect(claims["iss"]?.string == "our-client")
        #expect(claims["sub"]?.string == "our-client")
        #expect(claims["aud"]?.string == audience)
        #expect(claims["jti"]?.string?.count == 22)
        let now = Int64(time(nil)) + skew
        for claim in ["iat", "nbf"] { #expect((-40 ... -28).contains((claims[named: claim]?.integer ?? 0) - now)) }
        #expect((50...62).contains((claims["exp"]?.integer ?? 0) - now))

        let signature = decode(parts[2])
        let signed = Array("\(parts[0]).\(parts[1])".utf8)
        let context = EVP_MD_CTX_new()
        defer { EVP_MD_CTX_free(context) }
        var parameters: OpaquePointer?
        #expect(EVP_DigestVerifyInit(context, &parameters, EVP_sha256(), nil, X509_get0_pubkey(ours)) == 1)
        #expect(EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) > 0)
        #expect(EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, 32) > 0)
        #expect(EVP_DigestVerify(context, signature, signature.count, signed, signed.count) == 1)
    }

    private static func decode(_ text: String) -> [UInt8] {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        var bytes: [UInt8] = []
        var bits = 0 as UInt32
        var count = 0
        for character in text.utf8 {
            bits = bits << 6 | UInt32(alphabet.firstIndex(of: character) ?? 0)
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(bits >> UInt32(count) & 255))
            }
        }
        return bytes
    }
}
