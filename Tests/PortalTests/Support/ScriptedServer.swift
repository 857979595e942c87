import COpenSSL
import Glibc
import Synchronization

/// An HTTP/1.1 server on raw sockets that answers as a test says, down to cutting the connection. A thread accepts, and each
/// connection has a thread of its own.
final class ScriptedServer: Sendable {
    typealias Script = @Sendable (Request) -> Reply

    let port: UInt16
    private let listener: CInt
    private let tls: TLSServer?
    private let script: Script
    /// Milliseconds before it reads the first byte of a connection.
    private let slowness: UInt32
    private let state = Mutex(State())

    private struct State {
        var requests: [Request] = []
        var connections = 0
        /// Common names of the clients' certificates, by connection; empty where there was none.
        var clients: [String] = []
        var open: Set<CInt> = []
        var isStopped = false
    }

    init(tls: TLSServer? = nil, slowness: UInt32 = 0, script: @escaping Script) {
        self.tls = tls
        self.script = script
        self.slowness = slowness
        listener = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let fd = listener
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(fd, $0, size) == 0 && listen(fd, 512) == 0 && getsockname(fd, $0, &size) == 0
            }
        }
        precondition(bound, "no listening socket")
        port = UInt16(bigEndian: address.sin_port)
        detach { [self] in acceptAll() }
    }

    var url: String { "\(tls == nil ? "http" : "https")://127.0.0.1:\(port)" }
    /// What has come so far, in the order of arrival.
    var requests: [Request] { state.withLock(\.requests) }
    var connections: Int { state.withLock(\.connections) }
    var openConnections: Int { state.withLock(\.open.count) }
    /// Common names of the certificates that clients have shown, in the order of the connections.
    var clientsByConnection: [String] { state.withLock(\.clients) }
    var clients: Set<String> { Set(clientsByConnection) }

    func stop() {
        // Within the lock, as is the closing: else it might shut down another test's connection that got the number.
        state.withLock { state in
            state.isStopped = true
            for descriptor in state.open { shutdown(descriptor, CInt(SHUT_RDWR)) }
        }
        shutdown(listener, CInt(SHUT_RDWR))
    }

    private func acceptAll() {
        while true {
            let descriptor = accept(listener, nil, nil)
            if descriptor < 0 || state.withLock(\.isStopped) {
                if descriptor >= 0 { close(descriptor) }
                break
            }
            let number = state.withLock { state in
                state.open.insert(descriptor)
                state.connections += 1
                state.clients.append("")
                return state.connections
            }
            detach { [self] in
                serve(descriptor, number)
                state.withLock { state in
                    state.open.remove(descriptor)
                    close(descriptor)
                }
            }
        }
        close(listener)
    }

    private func serve(_ descriptor: CInt, _ number: Int) {
        usleep(slowness * 1000)
        guard var stream = ServerStream(descriptor: descriptor, tls: tls) else { return }
        let client = stream.clientName
        state.withLock { $0.clients[number - 1] = client }
        while var request = stream.readRequest() {
            request.connection = number
            let count = state.withLock { state in
                state.requests.append(request)
                return state.requests.count
            }
            request.number = count
            let reply = script(request)
            if reply.delay > 0 { usleep(UInt32(reply.delay) * 1000) }
            stream.write(Array(reply.bytes.utf8))
            switch reply.then {
            case .keep: continue
            case .close: return
            case .reset:
                var now = linger(l_onoff: 1, l_linger: 0)
                setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
                return
            case .hang:
                while !state.withLock(\.isStopped) { usleep(5000) }
                return
            }
        }
    }
}

/// Runs it on a thread of its own.
func detach(_ body: @escaping @Sendable () -> Void) {
    final class Box: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var thread = pthread_t()
    let box = Unmanaged.passRetained(Box(body)).toOpaque()
    pthread_create(
        &thread, nil,
        { context in
            // The one pointer that is passed is the retained box.
            if let context { Unmanaged<Box>.fromOpaque(context).takeRetainedValue().body() }
            return nil
        }, box)
    pthread_detach(thread)
}
