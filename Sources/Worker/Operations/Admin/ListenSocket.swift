import Glibc

/// Opens the socket that the endpoints are served on. The library could do that itself, but would not say what is wrong.
enum ListenSocket {
    /// - Returns: the descriptor, and the port, which the system chooses when 0 is asked for.
    static func open(_ address: ListenAddress) throws(AdminServerError) -> (descriptor: CInt, port: UInt16) {
        var hints = addrinfo()
        hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE
        var found: UnsafeMutablePointer<addrinfo>?
        let failure = getaddrinfo(address.host, String(address.port), &hints, &found)
        guard failure == 0, let first = found else {
            throw AdminServerError("\(address.host): \(String(cString: gai_strerror(failure)))")
        }
        defer { freeaddrinfo(found) }
        let descriptor = socket(
            first.pointee.ai_family, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw problem(address) }
        var yes: CInt = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<CInt>.size))
        guard bind(descriptor, first.pointee.ai_addr, first.pointee.ai_addrlen) == 0, listen(descriptor, 64) == 0 else {
            let error = problem(address)
            close(descriptor)
            throw error
        }
        return (descriptor, port(of: descriptor) ?? address.port)
    }

    private static func port(of descriptor: CInt) -> UInt16? {
        var name = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let isKnown = withUnsafeMutablePointer(to: &name) { storage in
            storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) == 0 }
        }
        guard isKnown else { return nil }
        // The port stands at the same place in both families' addresses.
        return withUnsafePointer(to: &name) { storage in
            storage.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { UInt16(bigEndian: $0.pointee.sin_port) }
        }
    }

    private static func problem(_ address: ListenAddress) -> AdminServerError {
        AdminServerError("cannot listen on \(address.host):\(address.port): \(String(cString: strerror(errno)))")
    }
}
