import CMicroHTTPD
import Glibc

/// What libmicrohttpd calls, always on its own thread.
enum Callbacks {
    private static let bodyLimit = 64 << 20

    /// Called when the head of a request has come, for each piece of the body, at its end, and after a delay.
    static let access: MHD_AccessHandlerCallback = { context, connection, path, method, _, data, size, slot in
        // The library passes these always, and the context is the server's, which outlives the callbacks.
        let server = Unmanaged<HTTPServer.Context>.fromOpaque(context!).takeUnretainedValue()
        let (connection, slot, size) = (connection!, slot!, size!)
        guard let known = slot.pointee else {
            let exchange = Exchange(method: String(cString: method!), path: String(cString: path!))
            if !exchange.isControl { server.desk.enter() }
            slot.pointee = Unmanaged.passRetained(exchange).toOpaque()
            return .YES
        }
        let exchange = Unmanaged<Exchange>.fromOpaque(known).takeUnretainedValue()
        if size.pointee > 0, let data {
            guard exchange.body.count + size.pointee <= bodyLimit else { return .NO }
            if exchange.body.isEmpty, exchange.route.call == .attach, server.desk.withPortal({ $0.cutsUpload() }) {
                return .NO
            }
            exchange.body.append(contentsOf: UnsafeRawBufferPointer(start: data, count: size.pointee))
            size.pointee = 0
            return .YES
        }
        return advance(exchange, server, connection)
    }

    /// Called when a request is over, however it ended.
    static let completed: MHD_RequestCompletedCallback = { context, _, slot, _ in
        guard let known = slot?.pointee else { return }
        // As above.
        let server = Unmanaged<HTTPServer.Context>.fromOpaque(context!).takeUnretainedValue()
        let exchange = Unmanaged<Exchange>.fromOpaque(known).takeRetainedValue()
        slot?.pointee = nil
        if !exchange.isControl { server.desk.leave() }
    }

    /// Called when a connection begins: makes the TLS handshake fail without a good client certificate.
    ///
    /// The library itself asks for a certificate but accepts none, and any, too.
    static let connected: MHD_NotifyConnectionCallback = { context, connection, _, event in
        // As above.
        let server = Unmanaged<HTTPServer.Context>.fromOpaque(context!).takeUnretainedValue()
        guard event == .CONNECTION_NOTIFY_STARTED, server.wantsClientCertificate,
            let connection, let session = mhd_connection_tls(connection)
        else { return }
        gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUIRE)
        gnutls_session_set_verify_function(session, verify)
    }

    /// Says by an alert what is wrong with the client's certificate, as other servers do; the library itself would only close
    /// the connection.
    private static let verify: @convention(c) (OpaquePointer?) -> Int32 = { session in
        var found: UInt32 = 0
        guard gnutls_certificate_verify_peers2(session, &found) == 0 else { return GNUTLS_E_CERTIFICATE_ERROR }
        let status = gnutls_certificate_status_t(rawValue: found)
        func has(_ fault: gnutls_certificate_status_t) -> Bool { status.rawValue & fault.rawValue != 0 }
        guard has(GNUTLS_CERT_INVALID) else { return 0 }
        let alert =
            if has(GNUTLS_CERT_EXPIRED) {
                GNUTLS_A_CERTIFICATE_EXPIRED
            } else if has(GNUTLS_CERT_REVOKED) {
                GNUTLS_A_CERTIFICATE_REVOKED
            } else if has(GNUTLS_CERT_SIGNER_NOT_FOUND) {
                GNUTLS_A_UNKNOWN_CA
            } else {
                GNUTLS_A_BAD_CERTIFICATE
            }
        gnutls_alert_send(session, GNUTLS_AL_FATAL, alert)
        return GNUTLS_E_CERTIFICATE_ERROR
    }

    private static func advance(
        _ exchange: Exchange, _ server: HTTPServer.Context, _ connection: OpaquePointer
    ) -> MHD_Result {
        if case .delayed(let outcome) = exchange.stage { return finish(outcome, server, connection) }
        let request = exchange.request(connection)
        if exchange.isControl { return control(exchange.method, request, server, connection) }
        let decision = server.desk.withPortal { $0.receive(request, now: Clock.wallMilliseconds()) }
        if decision.delay > 0, server.delays.hold(connection, milliseconds: decision.delay) {
            exchange.stage = .delayed(decision.outcome)
            return .YES
        }
        return finish(decision.outcome, server, connection)
    }

    private static func finish(
        _ outcome: Outcome, _ server: HTTPServer.Context, _ connection: OpaquePointer
    ) -> MHD_Result {
        switch outcome {
        case .answer(let reply): return Response.send(reply, on: connection)
        case .close: return .NO
        case .reset:
            // With no time to linger, closing sends a reset.
            var none = linger(l_onoff: 1, l_linger: 0)
            setsockopt(
                mhd_connection_socket(connection), SOL_SOCKET, SO_LINGER, &none, socklen_t(MemoryLayout<linger>.size))
            return .NO
        case .process(let request):
            let late = server.desk.withPortal { $0.processLate(request, now: Clock.wallMilliseconds()) }
            return finish(late, server, connection)
        }
    }

    private static func control(
        _ method: String, _ request: Request, _ server: HTTPServer.Context, _ connection: OpaquePointer
    ) -> MHD_Result {
        if method == "GET", request.route.path == "/_audit" {
            let asLines = request.query["format"] == "jsonl"
            // The library never ends a response to HTTP/1.0 whose stream is empty from the start.
            if asLines, server.desk.withPortal({ $0.store.identities.isEmpty }) {
                return Response.send(Reply(status: 200), on: connection)
            }
            if asLines || request.query["full"] == "1" {
                return Response.send(AuditStream(server.desk, asLines: asLines), asLines: asLines, on: connection)
            }
            let audit = server.desk.audit()
            return Response.send(.json(200) { audit.write(to: &$0) }, on: connection)
        }
        if method == "POST", request.route.path == "/_reset" {
            server.desk.reset()
            return Response.send(Reply(status: 204), on: connection)
        }
        return Response.send(
            server.desk.withPortal { $0.control(request, method: method, now: Clock.wallMilliseconds()) },
            on: connection)
    }
}
