import COpenSSL
import Estates

/// SHA-256 (FIPS 180-4) of bytes that come in pieces, by OpenSSL.
public struct RunningDigest: ~Copyable {
    private let context: OpaquePointer

    public init() {
        // Both fail only when memory or the algorithm is missing, and then nothing else works either.
        guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
            preconditionFailure("SHA-256 is not available")
        }
        self.context = context
    }

    deinit { EVP_MD_CTX_free(context) }

    public func add(_ bytes: UnsafeRawBufferPointer) {
        precondition(EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1, "SHA-256 failed")
    }

    /// To be asked once, at the end.
    public func finish() -> FileDigest {
        var digest = [UInt8](repeating: 0, count: 32)
        precondition(EVP_DigestFinal_ex(context, &digest, nil) == 1, "SHA-256 failed")
        return FileDigest(bytes: digest)
    }
}
