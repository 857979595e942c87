/// A whole request, without the HTTP around it.
struct Request: Sendable {
    let route: Route
    var authorization: String?
    var idempotencyKey: String?
    var contentType: String?
    /// The host that the client called, with the port.
    var host: String?
    var query: [String: String] = [:]
    var body: [UInt8] = []
    /// The client showed a certificate in the TLS handshake (which has checked it).
    var hasClientCertificate = false
}
