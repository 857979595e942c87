import COpenSSL

/// A private key that OpenSSL holds.
final class PrivateKey {
    let pointer: OpaquePointer

    /// Takes over the reference.
    init(_ pointer: OpaquePointer) { self.pointer = pointer }

    deinit { EVP_PKEY_free(pointer) }

    func belongs(to certificate: OpaquePointer) -> Bool {
        defer { ERR_clear_error() }
        return X509_check_private_key(certificate, pointer) == 1
    }
}
