import CCurl
import EventLoop
import Glibc

/// Many requests at once on the loop's thread: curl's multi interface with its sockets in the loop's epoll
/// (`curl_multi_socket_action`; `curl_multi_poll` cost twice the CPU).
///
/// Must be closed before it is let go, since curl calls back while it closes.
final class Transport {
    /// What is known of a file descriptor that curl has named, by its number.
    struct Socket {
        /// What the loop watches it for.
        var interest: EventLoop.Interest = []
        /// curl has nothing under way on it.
        var isIdle = false
        /// It is a connection, so its closing will be told.
        var isConnection = false
    }

    let loop: EventLoop
    var sockets: [Socket] = []
    private(set) var connectionsOpened: UInt64 = 0
    let multi: UnsafeMutableRawPointer
    private let setup: TransferSetup
    private let maximumPooled: Int
    private var pool: [Transfer] = []
    private(set) var transfers: [ObjectIdentifier: Transfer] = [:]
    /// How long the machine had slept when that was last looked at.
    var asleepBefore = Transport.timeAsleep()
    private(set) var timer: EventLoop.Timer?
    /// Told when the last transfer has ended.
    var onIdle: () -> Void = {}
    private var isClosed = false

    init(setup: TransferSetup, maximumInFlight: Int, loop: EventLoop) {
        _ = Transport.curlIsReady
        // curl_multi_init fails only for want of memory.
        guard let multi = curl_multi_init() else { preconditionFailure("curl_multi_init") }
        self.multi = multi
        self.setup = setup
        self.loop = loop
        maximumPooled = maximumInFlight
        let this = Unmanaged.passUnretained(self).toOpaque()
        // Fewer, and connections would be closed and opened again all the time.
        shim_multi_long(multi, CURLMOPT_MAXCONNECTS, maximumInFlight)
        shim_multi_long(multi, CURLMOPT_PIPELINING, Int(CURLPIPE_MULTIPLEX))
        shim_multi_pointer(multi, CURLMOPT_SOCKETDATA, this)
        shim_multi_on_socket(multi, onSocket)
        shim_multi_pointer(multi, CURLMOPT_TIMERDATA, this)
        shim_multi_on_timer(multi, onTimer)
        timer = loop.makeTimer { [unowned self] in act(on: CURL_SOCKET_TIMEOUT, events: 0) }
    }

    deinit { precondition(isClosed, "a transport was let go before it was closed") }

    /// Starts a request; its completion is called from a later turn of the loop.
    ///
    /// - Parameters:
    ///   - deadline: no byte leaves after it.
    ///   - expiry: the transfer ends at the latest then.
    func start(
        _ request: HTTPRequest, deadline: Int64, expiry: Int64, completion: @escaping (Transfer) -> Void
    ) -> Transfer {
        precondition(!isClosed)
        let transfer =
            pool.popLast() ?? Transfer(setup: setup, transport: Unmanaged.passUnretained(self).toOpaque())
        // Rounded up, and never 0, which curl takes for "no limit".
        let left = max(1, (expiry - MonotonicClock.nanoseconds() + 999_999) / 1_000_000)
        transfer.prepare(request, deadline: deadline, milliseconds: left)
        transfer.expiry = expiry
        transfer.completion = completion
        transfers[ObjectIdentifier(transfer)] = transfer
        let code = curl_multi_add_handle(multi, transfer.easy)
        precondition(code == CURLM_OK, "curl_multi_add_handle")
        return transfer
    }

    /// Stops a transfer; its completion is not called. What it knows (`departures`, `status`) can be read until the caller
    /// lets go of it.
    func cancel(_ transfer: Transfer) {
        guard transfers.removeValue(forKey: ObjectIdentifier(transfer)) != nil else { return }
        noteStatus(of: transfer)
        curl_multi_remove_handle(multi, transfer.easy)
        recycle(transfer)
        if transfers.isEmpty { onIdle() }
    }

    /// Stops everything without a completion and closes all connections.
    func close() {
        if isClosed { return }
        isClosed = true
        for transfer in transfers.values {
            curl_multi_remove_handle(multi, transfer.easy)
            transfer.release()
        }
        transfers = [:]
        pool = []
        curl_multi_cleanup(multi)
        if let timer { loop.discard(timer) }
        timer = nil
    }

    /// Lets curl do what is due, and then completes what is done.
    func act(on socket: curl_socket_t, events: CInt) {
        noteSleep()
        var stillRunning: CInt = 0
        curl_multi_socket_action(multi, socket, events, &stillRunning)
        var left: CInt = 0
        while !isClosed, let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else { continue }
            let result = message.pointee.data.result
            var context: UnsafeMutableRawPointer?
            shim_info_pointer(easy, CURLINFO_PRIVATE, &context)
            guard let context else { continue }
            // `transfers` holds it.
            finish(Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue(), result)
        }
    }

    func noteConnectionOpened() { connectionsOpened += 1 }

    private func finish(_ transfer: Transfer, _ result: CURLcode) {
        transfer.result = result
        noteStatus(of: transfer)
        shim_info_long(transfer.easy, CURLINFO_NUM_CONNECTS, &transfer.connectsAtEnd)
        curl_multi_remove_handle(multi, transfer.easy)
        transfers[ObjectIdentifier(transfer)] = nil
        // It may start others and close the transport. The transfer goes back afterwards, since its answer is read there.
        transfer.completion?(transfer)
        recycle(transfer)
        if !isClosed, transfers.isEmpty { onIdle() }
    }

    private func noteStatus(of transfer: Transfer) {
        var status = 0
        shim_info_long(transfer.easy, CURLINFO_RESPONSE_CODE, &status)
        // An interim answer (100, 103) says nothing.
        transfer.status = status >= 200 ? status : 0
    }

    private func recycle(_ transfer: Transfer) {
        transfer.release()
        if !isClosed, pool.count < maximumPooled { pool.append(transfer) }
    }

    /// curl wants this once a process; the runtime runs it once, whichever thread comes first.
    private static let curlIsReady: Bool = {
        // OpenSSL writes without MSG_NOSIGNAL, and curl leaves the signal alone with CURLOPT_NOSIGNAL: a server that closes at
        // the wrong moment would end the process. A handler of the program's own is left in place.
        var present = sigaction()
        sigaction(SIGPIPE, nil, &present)
        if present.__sigaction_handler.sa_handler == nil { signal(SIGPIPE, SIG_IGN) }
        return curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK
    }()
}
