import CCurl
import COpenSSL

/// Called by curl for each new TLS connection. This way files are read and checked once, PEM and PKCS#12 are alike, and no
/// password is handed on. This libcurl and this module share one OpenSSL (libcurl4-openssl).
let onTLSContext: curl_ssl_ctx_callback = { _, context, bundle in
    guard let context, let bundle else { return CURLE_SSL_CERTPROBLEM }
    // The transport's setup holds it for as long as there are connections.
    let ours = Unmanaged<CredentialBundle>.fromOpaque(bundle).takeUnretainedValue()
    return ours.install(in: OpaquePointer(context)) ? CURLE_OK : CURLE_SSL_CERTPROBLEM
}
