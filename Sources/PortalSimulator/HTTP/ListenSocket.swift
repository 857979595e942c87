import Glibc

/// Opens the socket that the server listens on. The server could do that itself, but would not say what was wrong.
enum ListenSocket {
    static func open(_ address: String, port: UInt16) throws(SimulatorError) -> (socket: Int32, port: UInt16) {
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = port.bigEndian
        guard inet_pton(AF_INET, address == "localhost" ? "127.0.0.1" : address, &name.sin_addr) == 1 else {
            throw .usage("\(address) is no IPv4 address")
        }
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | closeOnExec, 0)
        guard descriptor >= 0 else { throw failure(address, port) }
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isOpen = withUnsafeMutablePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(descriptor, generic, length) == 0 && listen(descriptor, 4096) == 0
                    && getsockname(descriptor, generic, &length) == 0
            }
        }
        guard isOpen else {
            let error = failure(address, port)
            close(descriptor)
            throw error
        }
        return (descriptor, UInt16(bigEndian: name.sin_port))
    }

    private static let closeOnExec = Int32(SOCK_CLOEXEC.rawValue)

    private static func failure(_ address: String, _ port: UInt16) -> SimulatorError {
        .cannotListen(address: "\(address):\(port)", reason: String(cString: strerror(errno)))
    }
}
