import COpenSSL

/// Our certificate, its issuers and its private key, read once and held by OpenSSL.
final class Credentials {
    let certificate: OpaquePointer
    let key: OpaquePointer
    /// What stands between our certificate and the root, to be sent along.
    let issuers: [OpaquePointer]
    let chain: CertificateChain
    /// They free what the pointers point at.
    private let owners: [AnyObject]

    init(
        certificate: OpaquePointer, key: OpaquePointer, issuers: [OpaquePointer], chain: CertificateChain,
        owners: [AnyObject]
    ) {
        self.certificate = certificate
        self.key = key
        self.issuers = issuers
        self.chain = chain
        self.owners = owners
    }

    /// Gives them to the TLS context of a connection.
    func install(in context: OpaquePointer) -> Bool {
        guard SSL_CTX_use_certificate(context, certificate) == 1, SSL_CTX_use_PrivateKey(context, key) == 1 else {
            return false
        }
        return issuers.allSatisfy { issuer in
            // The context takes a reference over, so it gets one of its own (the macro SSL_CTX_add1_chain_cert).
            SSL_CTX_ctrl(context, SSL_CTRL_CHAIN_CERT, 1, UnsafeMutableRawPointer(issuer)) == 1
        }
    }
}
