import COpenSSL
import Estates

/// Derives a record's key from the deceased's CPR number: the same person has the same key, and nobody without the secret
/// can tell who it is or try all numbers.
struct RecordKey: Sendable {
    private let secret: [UInt8]

    init(secret: String) { self.secret = Array(secret.utf8) }

    /// The first 16 bytes of HMAC-SHA-256 (RFC 2104) of the ten digits, as 32 hexadecimal digits.
    func text(for cpr: CPRNumber) -> String {
        let message = Array(cpr.unmaskedDigits.utf8)
        var code = [UInt8](repeating: 0, count: 32)
        var count: UInt32 = 0
        let done = HMAC(EVP_sha256(), secret, CInt(secret.count), message, message.count, &code, &count)
        // It fails only when memory or the algorithm is missing, and then nothing else works either.
        precondition(done != nil && count == 32, "HMAC-SHA-256 is not available")
        return SHA256Digest.hex(Array(code[..<16]))
    }
}
