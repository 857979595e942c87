import COpenSSL

/// AES with 256 bits in Galois/Counter Mode (NIST SP 800-38D), with a random nonce of 96 bits: good for some four thousand
/// million messages a key.
///
/// A sealed message is the nonce (12 bytes), the ciphertext, as long as the message was, and the tag (16 bytes).
enum AES256GCM {
    private static let nonceSize = 12
    private static let tagSize = 16
    /// By how much a message grows.
    static let overhead = nonceSize + tagSize

    /// - Parameter context: what the message belongs to; it opens only with the same.
    /// - Returns: nil when OpenSSL has no randomness or no memory.
    static func seal(_ message: [UInt8], with key: EncryptionKey, context: [UInt8]) -> [UInt8]? {
        guard let cipher = EVP_CIPHER_CTX_new() else { return nil }
        defer { EVP_CIPHER_CTX_free(cipher) }
        var sealed = [UInt8](repeating: 0, count: overhead + message.count)
        guard RAND_bytes(&sealed, CInt(nonceSize)) == 1 else { return nil }
        var length: CInt = 0
        let isSealed = sealed.withUnsafeMutableBufferPointer { out -> Bool in
            // An array that is not empty has a base address, and the overhead is never 0.
            guard let start = out.baseAddress else { return false }
            let end = start + nonceSize + message.count
            return EVP_EncryptInit_ex(cipher, EVP_aes_256_gcm(), nil, key.bytes, start) == 1
                && EVP_EncryptUpdate(cipher, nil, &length, context, CInt(context.count)) == 1
                && EVP_EncryptUpdate(cipher, start + nonceSize, &length, message, CInt(message.count)) == 1
                && EVP_EncryptFinal_ex(cipher, end, &length) == 1
                && EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_GET_TAG, CInt(tagSize), end) == 1
        }
        return isSealed ? sealed : nil
    }

    /// Nil when it was sealed with another key or for something else, or was changed.
    static func open(_ sealed: [UInt8], with key: EncryptionKey, context: [UInt8]) -> [UInt8]? {
        guard sealed.count >= overhead, let cipher = EVP_CIPHER_CTX_new() else { return nil }
        defer {
            EVP_CIPHER_CTX_free(cipher)
            ERR_clear_error()
        }
        let size = sealed.count - overhead
        var tag = Array(sealed.suffix(tagSize))
        var length: CInt = 0
        // OpenSSL wants a place to write to, also for no bytes.
        var message = [UInt8](repeating: 0, count: max(size, 1))
        let isOpened = sealed.withUnsafeBufferPointer { bytes -> Bool in
            guard let start = bytes.baseAddress else { return false }
            return EVP_DecryptInit_ex(cipher, EVP_aes_256_gcm(), nil, key.bytes, start) == 1
                && EVP_DecryptUpdate(cipher, nil, &length, context, CInt(context.count)) == 1
                && EVP_DecryptUpdate(cipher, &message, &length, start + nonceSize, CInt(size)) == 1
                && EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, CInt(tagSize), &tag) == 1
                && EVP_DecryptFinal_ex(cipher, &message, &length) == 1
        }
        return isOpened ? Array(message.prefix(size)) : nil
    }
}
