import COpenSSL

/// What is read from the credential files at one time, and is used together.
final class CredentialBundle {
    let credentials: Credentials?
    /// Issuers of the server's certificate; nil for the system's.
    private let authorities: CertificateList?
    /// The same as OpenSSL wants them. Read once: curl would read the file again for each connection, perhaps half-written.
    private let store: OpaquePointer?

    init(credentials: Credentials?, authorities: CertificateList?) {
        self.credentials = credentials
        self.authorities = authorities
        guard let authorities else {
            store = nil
            return
        }
        // It fails only for want of memory.
        guard let store = X509_STORE_new() else { preconditionFailure("X509_STORE_new") }
        for entry in authorities.entries { X509_STORE_add_cert(store, entry.pointer) }
        // As curl does it: an authority in the file is trusted whether or not it is a root.
        X509_STORE_set_flags(store, UInt(X509_V_FLAG_TRUSTED_FIRST | X509_V_FLAG_PARTIAL_CHAIN))
        ERR_clear_error()
        self.store = store
    }

    deinit { if let store { X509_STORE_free(store) } }

    /// Whether a connection's context needs anything from here.
    var isEmpty: Bool { credentials == nil && store == nil }
    var replacesAuthorities: Bool { store != nil }

    /// Whether using the other one would change nothing.
    func isSame(as other: CredentialBundle) -> Bool {
        credentials?.chain == other.credentials?.chain
            && authorities?.entries.map(\.certificate) == other.authorities?.entries.map(\.certificate)
    }

    /// Sets up the TLS context of a connection.
    func install(in context: OpaquePointer) -> Bool {
        if let store { SSL_CTX_set1_cert_store(context, store) }
        return credentials?.install(in: context) ?? true
    }
}
