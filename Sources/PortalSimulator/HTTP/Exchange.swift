import CMicroHTTPD

/// One request on its way through the server. Only the server's thread touches it.
final class Exchange {
    enum Stage {
        case receiving
        /// Decided; the answer goes out when the delay is over.
        case delayed(Outcome)
    }

    let method: String
    let route: Route
    var body: [UInt8] = []
    var stage = Stage.receiving

    init(method: String, path: String) {
        self.method = method
        self.route = Route(method: method, path: path)
    }

    var isControl: Bool { route.call == .control }

    /// The whole request, now that the body has come.
    func request(_ connection: OpaquePointer) -> Request {
        var request = Request(route: route)
        request.authorization = Self.header("Authorization", connection)
        request.idempotencyKey = Self.header("Idempotency-Key", connection)
        if route.call == .attach { request.contentType = Self.header("Content-Type", connection) }
        if route.call == .token {
            request.host = Self.header("Host", connection)
            request.hasClientCertificate = Self.showedCertificate(connection)
        }
        for name in ["reference", "kreditor", "page", "size", "full", "format", "since"] {
            if let value = MHD_lookup_connection_value(connection, .GET_ARGUMENT_KIND, name) {
                request.query[name] = String(cString: value)
            }
        }
        request.body = body
        body = []
        return request
    }

    private static func showedCertificate(_ connection: OpaquePointer) -> Bool {
        guard let session = mhd_connection_tls(connection) else { return false }
        var count: UInt32 = 0
        return gnutls_certificate_get_peers(session, &count) != nil && count > 0
    }

    private static func header(_ name: String, _ connection: OpaquePointer) -> String? {
        MHD_lookup_connection_value(connection, .HEADER_KIND, name).map { String(cString: $0) }
    }
}
