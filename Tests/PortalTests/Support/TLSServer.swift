import COpenSSL
import Glibc

/// The TLS side of a scripted server.
///
/// `@unchecked Sendable`: an SSL_CTX is thread-safe once it is set up, and it is not changed after `init`.
final class TLSServer: @unchecked Sendable {
    enum ClientCertificate {
        case notAsked, required
        /// Asked for, and found to have this fault (`X509_V_ERR_…`), whatever it is.
        case judged(CInt)

        static let judgedExpired = judged(X509_V_ERR_CERT_HAS_EXPIRED)
        static let judgedRevoked = judged(X509_V_ERR_CERT_REVOKED)
    }

    let context: OpaquePointer

    init(
        certificate: String, key: String, clients: ClientCertificate = .notAsked, clientCA: String? = nil,
        version: CInt? = nil
    ) {
        guard let context = SSL_CTX_new(TLS_server_method()) else { preconditionFailure("SSL_CTX_new") }
        self.context = context
        precondition(SSL_CTX_use_certificate_file(context, certificate, SSL_FILETYPE_PEM) == 1)
        precondition(SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) == 1)
        if let version { SSL_CTX_ctrl(context, SSL_CTRL_SET_MAX_PROTO_VERSION, Int(version), nil) }
        if let clientCA { precondition(SSL_CTX_load_verify_locations(context, clientCA, nil) == 1) }
        // Sessions would let a second connection in without a look at the certificate.
        SSL_CTX_ctrl(context, SSL_CTRL_SET_SESS_CACHE_MODE, Int(SSL_SESS_CACHE_OFF), nil)
        // TLS 1.3 has tickets for them all the same, and a server that asks for certificates must say whose they are.
        SSL_CTX_set_session_id_context(context, "tests", 5)
        let mode = SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT
        switch clients {
        case .notAsked: break
        case .required: SSL_CTX_set_verify(context, mode, nil)
        case .judged(let fault):
            // The verdict travels as the number in a pointer that nobody follows.
            SSL_CTX_set_ex_data(context, 0, UnsafeMutableRawPointer(bitPattern: Int(fault)))
            SSL_CTX_set_verify(context, mode) { _, store in
                let ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx())
                let context = SSL_get_SSL_CTX(OpaquePointer(ssl))
                X509_STORE_CTX_set_error(store, CInt(Int(bitPattern: SSL_CTX_get_ex_data(context, 0))))
                return 0
            }
        }
    }

    deinit { SSL_CTX_free(context) }
}
