import CMicroHTTPD
import Glibc
import Synchronization

/// Serves the portal: one thread of libmicrohttpd with epoll, and one that ends delays.
///
/// @unchecked Sendable: the daemon's pointer is only written in `init`, and `stop` is made to work once by an atomic flag.
final class HTTPServer: @unchecked Sendable {
    let port: UInt16
    private let context: Context
    private let daemon: OpaquePointer
    private let isStopped = Atomic<Bool>(false)

    /// What the callbacks of libmicrohttpd get. It must not own the server, whose end stops the callbacks.
    final class Context: Sendable {
        let desk: Desk
        let delays = DelayLine()
        let wantsClientCertificate: Bool

        init(desk: Desk, wantsClientCertificate: Bool) {
            self.desk = desk
            self.wantsClientCertificate = wantsClientCertificate
        }
    }

    init(_ options: PortalSimulator.Options, desk: Desk) throws(SimulatorError) {
        let listener = try ListenSocket.open(options.listenAddress, port: options.port)
        port = listener.port
        context = Context(desk: desk, wantsClientCertificate: options.tls != nil && options.clientCAPEM != nil)
        guard let daemon = HTTPServer.start(options, socket: listener.socket, context) else {
            close(listener.socket)
            throw .cannotServe("the server does not start; do certificate and key belong together?")
        }
        self.daemon = daemon
        context.delays.start()
    }

    /// Resumes what is suspended (a suspended connection may not be closed), then ends the server's thread.
    func stop() {
        guard isStopped.compareExchange(expected: false, desired: true, ordering: .relaxed).exchanged else { return }
        context.delays.finish()
        MHD_stop_daemon(daemon)
    }

    private static func start(
        _ options: PortalSimulator.Options, socket: Int32, _ context: Context
    ) -> OpaquePointer? {
        var flags = MHD_USE_EPOLL_INTERNAL_THREAD.rawValue | MHD_ALLOW_SUSPEND_RESUME.rawValue | MHD_USE_TURBO.rawValue
        flags |= MHD_USE_SUPPRESS_DATE_NO_CLOCK.rawValue
        var list = [
            MHD_OptionItem(option: .LISTEN_SOCKET, value: Int(socket), ptr_value: nil),
            MHD_OptionItem(option: .CONNECTION_LIMIT, value: 100_000, ptr_value: nil),
            MHD_OptionItem(option: .CONNECTION_MEMORY_LIMIT, value: 32 * 1024, ptr_value: nil),
        ]
        // The library reads the PEM texts while it starts.
        var texts: [UnsafeMutablePointer<CChar>] = []
        defer { for text in texts { free(text) } }
        func add(_ option: MHD_OPTION, _ text: String) {
            guard let copy = strdup(text) else { return }
            texts.append(copy)
            list.append(MHD_OptionItem(option: option, value: 0, ptr_value: UnsafeMutableRawPointer(copy)))
        }
        if let tls = options.tls {
            flags |= MHD_USE_TLS.rawValue
            add(.HTTPS_MEM_CERT, tls.certificatePEM)
            add(.HTTPS_MEM_KEY, tls.keyPEM)
            if let authorities = options.clientCAPEM { add(.HTTPS_MEM_TRUST, authorities) }
        }
        list.append(MHD_OptionItem(option: .END, value: 0, ptr_value: nil))
        // The server owns the context, and ends the callbacks before it lets it go.
        let pointer = Unmanaged.passUnretained(context).toOpaque()
        return mhd_start_daemon(
            flags, nil, nil, Callbacks.access, pointer, Callbacks.completed, pointer, Callbacks.connected, pointer, list
        )
    }
}
