import CMicroHTTPD

/// Hands answers over to libmicrohttpd.
enum Response {
    static func send(_ reply: Reply, on connection: OpaquePointer) -> MHD_Result {
        let response = reply.body.withUnsafeBytes { body in
            // The library copies the bytes at once and only reads them, whatever its signature says.
            MHD_create_response_from_buffer(
                body.count, UnsafeMutableRawPointer(mutating: body.baseAddress), .RESPMEM_MUST_COPY)
        }
        guard let response else { return .NO }
        defer { MHD_destroy_response(response) }
        if !reply.body.isEmpty {
            MHD_add_response_header(response, "Content-Type", reply.isHTML ? "text/html" : "application/json")
        }
        if let count = reply.totalCount { MHD_add_response_header(response, "X-Total-Count", "\(count)") }
        if let seconds = reply.retryAfter { MHD_add_response_header(response, "Retry-After", "\(seconds)") }
        if let location = reply.location { MHD_add_response_header(response, "Location", location) }
        return MHD_queue_response(connection, UInt32(reply.status), response)
    }

    static func send(_ stream: AuditStream, asLines: Bool, on connection: OpaquePointer) -> MHD_Result {
        // The response owns the stream and lets it go in its last callback.
        let context = Unmanaged.passRetained(stream).toOpaque()
        let response = MHD_create_response_from_callback(
            UInt64.max, 64 * 1024,
            { context, _, buffer, size in
                // The library hands back the stream of above and a buffer of its own, neither of them nil.
                let stream = Unmanaged<AuditStream>.fromOpaque(context!).takeUnretainedValue()
                let count = stream.read(into: UnsafeMutableRawBufferPointer(start: buffer!, count: size))
                return count == 0 ? -1 : count
            }, context,
            // As above.
            { context in Unmanaged<AuditStream>.fromOpaque(context!).release() })
        guard let response else {
            Unmanaged<AuditStream>.fromOpaque(context).release()
            return .NO
        }
        defer { MHD_destroy_response(response) }
        MHD_add_response_header(response, "Content-Type", asLines ? "application/jsonl" : "application/json")
        return MHD_queue_response(connection, 200, response)
    }
}
