import Glibc
import Synchronization

/// Accepts connections and does with their bare bytes what a test says; then the connection is closed.
final class RawServer: Sendable {
    let port: UInt16
    private let listener: CInt
    private let isStopped = Atomic<Bool>(false)

    init(_ serve: @escaping @Sendable (CInt) -> Void) {
        let listener = RawServer.listen(backlog: 64)
        self.listener = listener.socket
        port = listener.port
        detach { [self] in
            while true {
                let descriptor = accept(self.listener, nil, nil)
                if descriptor < 0 || isStopped.load(ordering: .relaxed) { break }
                detach {
                    serve(descriptor)
                    close(descriptor)
                }
            }
            close(self.listener)
        }
    }

    func stop() {
        isStopped.store(true, ordering: .relaxed)
        shutdown(listener, CInt(SHUT_RDWR))
    }

    static func listen(backlog: CInt) -> (socket: CInt, port: UInt16) {
        let listener = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        var address = RawServer.address(port: 0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, size) == 0 && Glibc.listen(listener, backlog) == 0
                    && getsockname(listener, $0, &size) == 0
            }
        }
        precondition(bound, "no listening socket")
        return (listener, UInt16(bigEndian: address.sin_port))
    }

    static func address(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    /// Makes the closing send a reset.
    static func reset(_ descriptor: CInt) {
        var now = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
    }

    /// Answers the client's first message with a fatal alert (RFC 8446 § 6) and waits until it has gone.
    static func alert(_ code: UInt8, on descriptor: CInt) {
        var piece = [UInt8](repeating: 0, count: 4096)
        guard read(descriptor, &piece, piece.count) > 0 else { return }
        send(descriptor, [21, 3, 3, 0, 2, 2, code], 7, CInt(MSG_NOSIGNAL))
        shutdown(descriptor, CInt(SHUT_WR))
        while read(descriptor, &piece, piece.count) > 0 {}
    }
}

/// A listener whose queue is full: the kernel answers no further SYN.
final class FullListener {
    let port: UInt16
    private var sockets: [CInt]

    init() {
        let listener = RawServer.listen(backlog: 0)
        port = listener.port
        sockets = [listener.socket]
        for _ in 0..<4 {
            let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_NONBLOCK.rawValue), 0)
            var address = RawServer.address(port: port)
            withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    _ = connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            sockets.append(descriptor)
        }
        // They are in the queue before anybody else comes.
        usleep(50_000)
    }

    deinit { for descriptor in sockets { close(descriptor) } }
}
