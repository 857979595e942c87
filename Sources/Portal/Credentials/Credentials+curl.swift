import CCurl
import COpenSSL

/// Called by curl for each new TLS connection. This way the key is read and checked once, PEM and PKCS#12 are alike, and no
/// password is handed on. This libcurl and this module share one OpenSSL (libcurl4-openssl).
let onTLSContext: curl_ssl_ctx_callback = { _, context, credentials in
    guard let context, let credentials else { return CURLE_SSL_CERTPROBLEM }
    // The transport's setup holds them for as long as there are connections.
    let ours = Unmanaged<Credentials>.fromOpaque(credentials).takeUnretainedValue()
    return ours.install(in: OpaquePointer(context)) ? CURLE_OK : CURLE_SSL_CERTPROBLEM
}
