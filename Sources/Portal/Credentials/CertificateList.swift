import COpenSSL

/// Certificates that OpenSSL holds, and their values. Whoever keeps an entry's pointer keeps the list too.
final class CertificateList {
    let entries: [ChainBuilder.Entry]

    /// Takes over the references.
    init(_ entries: [ChainBuilder.Entry]) { self.entries = entries }

    deinit { for entry in entries { X509_free(entry.pointer) } }
}
