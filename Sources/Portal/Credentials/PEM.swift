import COpenSSL

/// Reading certificates and keys in PEM form.
enum PEM {
    /// Why there is no key.
    struct KeyProblem: Error {
        let what: String
        let remedy: String
    }

    /// All certificates, in their order. The caller owns them.
    static func certificates(in bytes: [UInt8]) -> [OpaquePointer] {
        var certificates: [OpaquePointer] = []
        withSource(bytes) { source in
            while let certificate = PEM_read_bio_X509(source, nil, nil, nil) { certificates.append(certificate) }
        }
        // The end of the text is an error too.
        ERR_clear_error()
        return certificates
    }

    /// The first private key. The caller owns it.
    static func privateKey(in bytes: [UInt8], password: String?) -> Result<OpaquePointer, KeyProblem> {
        ERR_clear_error()
        var password = Password(text: password)
        let key = withUnsafeMutablePointer(to: &password) { password in
            withSource(bytes) { source in
                PEM_read_bio_PrivateKey(
                    source, nil, { onPassword(buffer: $0, size: $1, context: $3) }, password)
            }
        }
        if let key { return .success(key) }
        ERR_clear_error()
        let noStart = !String(decoding: bytes, as: UTF8.self).contains("PRIVATE KEY-----")
        guard password.wasAsked else {
            return .failure(
                noStart
                    ? KeyProblem(what: "holds no private key in PEM form", remedy: "name the file that holds the key")
                    : KeyProblem(what: "holds a damaged private key", remedy: "export the key again"))
        }
        return .failure(
            password.text == nil
                ? KeyProblem(what: "holds a key that is encrypted", remedy: "set portal.key.password.file")
                : KeyProblem(
                    what: "holds a key that this password does not open",
                    remedy: "correct the password in portal.key.password.file"))
    }

    private static func withSource<Value>(_ bytes: [UInt8], _ body: (OpaquePointer?) -> Value) -> Value {
        bytes.withUnsafeBytes { raw in
            let source = BIO_new_mem_buf(raw.baseAddress, CInt(raw.count))
            defer { BIO_free(source) }
            return body(source)
        }
    }
}

private struct Password {
    let text: String?
    var wasAsked = false
}

/// Without it OpenSSL would ask at the terminal.
private func onPassword(
    buffer: UnsafeMutablePointer<CChar>?, size: CInt, context: UnsafeMutableRawPointer?
) -> CInt {
    guard let context, let buffer else { return -1 }
    let password = context.assumingMemoryBound(to: Password.self)
    password.pointee.wasAsked = true
    guard let text = password.pointee.text, text.utf8.count <= Int(size) else { return -1 }
    for (index, byte) in text.utf8.enumerated() { buffer[index] = CChar(bitPattern: byte) }
    return CInt(text.utf8.count)
}
