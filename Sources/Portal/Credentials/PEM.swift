import COpenSSL

/// Reading certificates and keys in PEM form.
enum PEM {
    /// All certificates, in their order.
    static func certificates(
        in bytes: [UInt8], setting: String, file: String
    ) throws(CredentialProblem) -> CertificateList {
        if bytes.first == 0x30 {
            throw PKCS12.isCertificate(bytes)
                ? .certificateInDER(setting: setting, file: file) : .noCertificate(setting: setting, file: file)
        }
        ERR_clear_error()
        var entries: [ChainBuilder.Entry] = []
        var isDamaged = false
        withSource(bytes) { source in
            while let certificate = PEM_read_bio_X509(source, nil, nil, nil) {
                guard let entry = ChainBuilder.Entry(owning: certificate) else {
                    isDamaged = true
                    return
                }
                entries.append(entry)
            }
            // The end of the text is an error too, and the only good one.
            isDamaged = ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE
        }
        ERR_clear_error()
        let list = CertificateList(entries)
        if isDamaged { throw .damagedCertificate(setting: setting, file: file, number: entries.count + 1) }
        guard !entries.isEmpty else { throw .noCertificate(setting: setting, file: file) }
        return list
    }

    /// The first private key.
    static func privateKey(
        in bytes: [UInt8], setting: String, file: String, password: String?
    ) throws(CredentialProblem) -> PrivateKey {
        ERR_clear_error()
        var password = Password(text: password)
        let key = withUnsafeMutablePointer(to: &password) { password in
            withSource(bytes) { source in
                PEM_read_bio_PrivateKey(
                    source, nil, { onPassword(buffer: $0, size: $1, context: $3) }, password)
            }
        }
        ERR_clear_error()
        if let key { return PrivateKey(key) }
        if password.wasAsked {
            throw password.text == nil
                ? .keyEncrypted(setting: setting, file: file) : .wrongPassword(setting: setting, file: file)
        }
        let isThere = String(decoding: bytes, as: UTF8.self).contains("PRIVATE KEY-----")
        throw isThere ? .damagedKey(setting: setting, file: file) : .noKey(setting: setting, file: file)
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
