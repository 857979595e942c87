import CMicroHTTPD
import EventLoop
import Glibc
import Synchronization

/// Serves `/livez`, `/readyz`, `/status` and `/metrics`.
///
/// Each connection has a thread of its own, so a scrape that waits for a worker that is stuck keeps no health check from
/// being answered. The worker itself does nothing but answer `inspect`.
///
/// @unchecked Sendable: the daemon's pointer is only written in `init`, and `stop` is made to work once by an atomic flag.
public final class AdminServer: @unchecked Sendable {
    /// Where it listens; chosen by the system when port 0 was asked for.
    public let port: UInt16
    private let answers: AdminAnswers
    private let daemon: OpaquePointer
    private let isStopped = Atomic(false)

    /// Starts to serve.
    ///
    /// - Parameters:
    ///   - environment: of the portal, for `/status`.
    ///   - inspect: asks the worker where it stands; the answer may come on any thread, or never.
    public init(
        listen: ListenAddress, environment: String,
        inspect: @escaping @Sendable (_ reply: @escaping @Sendable (WorkerSnapshot) -> Void) -> Void
    ) throws(AdminServerError) {
        let socket = try ListenSocket.open(listen)
        port = socket.port
        answers = AdminAnswers(environment: environment, inspect: inspect)
        let flags = MHD_USE_INTERNAL_POLLING_THREAD.rawValue | MHD_USE_THREAD_PER_CONNECTION.rawValue
        let options = [
            MHD_OptionItem(option: .LISTEN_SOCKET, value: Int(socket.descriptor), ptr_value: nil),
            MHD_OptionItem(option: .CONNECTION_LIMIT, value: 32, ptr_value: nil),
            MHD_OptionItem(option: .CONNECTION_TIMEOUT, value: 30, ptr_value: nil),
            MHD_OptionItem(option: .END, value: 0, ptr_value: nil),
        ]
        // This object owns the answers, and ends the callbacks before it lets them go.
        let context = Unmanaged.passUnretained(answers).toOpaque()
        guard
            let daemon = mhd_start_daemon(
                flags, nil, nil, AdminServer.access, context, nil, nil, nil, nil, options)
        else {
            close(socket.descriptor)
            throw AdminServerError("the HTTP server does not start")
        }
        self.daemon = daemon
    }

    deinit { stop() }

    /// Closes all connections and ends its threads. A second call does nothing.
    public func stop() {
        guard isStopped.compareExchange(expected: false, desired: true, ordering: .relaxed).exchanged else { return }
        MHD_stop_daemon(daemon)
    }

    /// Called by the library, on the connection's thread.
    private static let access: MHD_AccessHandlerCallback = { context, connection, path, method, _, _, size, slot in
        // The library passes these always, and the context is the server's, which outlives the callbacks.
        let answers = Unmanaged<AdminAnswers>.fromOpaque(context!).takeUnretainedValue()
        let isQuestion = ["GET", "HEAD"].contains(String(cString: method!))
        // The first call is made before the body is read. Answering it closes the connection, which is right only for
        // those who send one.
        if isQuestion, slot!.pointee == nil || size!.pointee > 0 {
            slot!.pointee = context
            size!.pointee = 0
            return .YES
        }
        let accept = MHD_lookup_connection_value(connection, .HEADER_KIND, "Accept").map { String(cString: $0) }
        let answer = answers.answer(method: String(cString: method!), path: String(cString: path!), accept: accept)
        return send(answer, connection!)
    }

    private static func send(_ answer: AdminAnswer, _ connection: OpaquePointer) -> MHD_Result {
        let response = answer.body.withUnsafeBytes { body in
            // The library copies the bytes at once and only reads them, whatever its signature says.
            MHD_create_response_from_buffer(
                body.count, UnsafeMutableRawPointer(mutating: body.baseAddress), .RESPMEM_MUST_COPY)
        }
        guard let response else { return .NO }
        defer { MHD_destroy_response(response) }
        MHD_add_response_header(response, "Content-Type", answer.contentType)
        MHD_add_response_header(response, "Cache-Control", "no-store")
        if answer.status == 405 { MHD_add_response_header(response, "Allow", "GET, HEAD") }
        return MHD_queue_response(connection, UInt32(answer.status), response)
    }
}
