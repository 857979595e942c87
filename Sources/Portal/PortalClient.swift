import Estates
import EventLoop

/// The portal's HTTP client. Belongs to the thread that turns the loop, like everything that it calls back.
public final class PortalClient {
    /// Called once a call, from a turn of the loop and never from within `start` or `cancel`.
    public typealias Completion = (Result<PortalAnswer, PortalFailure>) -> Void
    /// Gets the seconds for which the token is good; 0 when the settings want none.
    public typealias TokenCompletion = (Result<Int64, PortalFailure>) -> Void

    let settings: PortalSettings
    /// Both are made anew when the credentials are replaced.
    var transport: Transport
    var tokens: TokenSource?
    /// With the credentials of before; each until its last request has ended.
    var retired: [Transport] = []
    /// Of transports and token sources that are gone.
    var retiredStatistics = PortalStatistics()
    let log: @Sendable (PortalLogLevel, String) -> Void
    let loop: EventLoop
    /// Called from a turn of the loop when other credentials have come into use.
    public var onCredentialsReplaced: (() -> Void)?
    /// Set at the end of `init`, and never again: it calls back into the whole client.
    private var credentialWatch: CredentialWatch?
    /// For what waits: failures that are known at once, and calls that wait for a token no longer.
    private var timer: EventLoop.Timer?
    private var lastID: UInt64 = 0
    private var counted = PortalStatistics()
    private(set) var isShutDown = false
    private(set) var exchanges: [CallID: Exchange] = [:]
    /// Calls that wait for a token.
    var waiting: [Exchange] = []
    var tokenChecks: [TokenCompletion] = []
    /// To be done in the next turn of the loop.
    var later: [() -> Void] = []

    /// Reads the certificate and key and checks all settings.
    ///
    /// - Parameter log: gets messages for people; called on the loop's thread.
    /// - Throws: every problem that was found.
    public init(
        settings: PortalSettings, loop: EventLoop, log: @escaping @Sendable (PortalLogLevel, String) -> Void
    ) throws(PortalSetupError) {
        var problems: [PortalSetupError.Problem] = []
        settings.check(problems: &problems)
        // Before the reading: what is written meanwhile is seen as a change.
        let stamps = FileStamp.all(CredentialWatch.files(of: settings))
        var reader = CredentialReader(settings: settings)
        let bundle = reader.read()
        problems += reader.problems.map(PortalSetupError.Problem.init)
        guard problems.isEmpty, let bundle else { throw PortalSetupError(problems: problems) }
        self.settings = settings
        self.loop = loop
        self.log = log
        transport = PortalClient.makeTransport(settings, bundle, loop)
        makeTokenSource(bundle)
        timer = loop.makeTimer { [unowned self] in wakeUp() }
        credentialWatch = CredentialWatch(
            settings: settings, current: bundle, stamps: stamps, loop: loop, log: log
        ) { [unowned self] replacement in use(replacement) }
    }

    deinit { shutDown() }

    /// Starts a call.
    ///
    /// - Parameters:
    ///   - deadline: on `MonotonicClock`, in nanoseconds. It is looked at right before the bytes go out: past it the call is
    ///     not started and fails with `.notStarted`. The call ends at the deadline or after `callTimeout`, whichever is first; an upload,
    ///     whose time depends on its size, at the deadline.
    ///   - completion: called from a later turn of the loop.
    public func start(_ call: PortalCall, deadline: Int64, completion: @escaping Completion) -> CallID {
        lastID += 1
        let now = MonotonicClock.nanoseconds()
        let exchange = Exchange(
            id: CallID(number: lastID), call: call, startedAt: now, deadline: deadline,
            expiry: call.isUpload ? deadline : min(deadline, now + settings.callTimeout * 1_000_000),
            completion: completion)
        precondition(!isShutDown, "a call to a client that was shut down")
        exchanges[exchange.id] = exchange
        proceed(exchange)
        return exchange.id
    }

    /// Stops a call. Its completion is called, from a later turn of the loop, with a failure that tells truthfully whether the
    /// call may have taken effect. Does nothing to a call that has ended.
    public func cancel(_ id: CallID) {
        guard let exchange = exchanges[id], !exchange.isSettled else { return }
        var hasLeft = false
        if let transfer = exchange.transfer {
            exchange.transfer = nil
            // It is one of theirs; the others take no notice.
            for transport in retired + [transport] { transport.cancel(transfer) }
            hasLeft = transfer.departures > 0
        }
        settleLater(
            exchange,
            exchange.failure(
                hasLeft ? .connectionLost : .notStarted, mayHaveBeenProcessed: hasLeft,
                detail: hasLeft ? "cancelled while its answer was awaited" : "cancelled before it was sent"))
    }

    /// Calls whose completion has not been called yet.
    public var callsInFlight: Int { exchanges.count }

    var watch: CredentialWatch {
        guard let credentialWatch else { preconditionFailure("used within init") }
        return credentialWatch
    }

    /// What was done so far.
    public var statistics: PortalStatistics {
        var statistics = counted
        statistics.tokenRequests = retiredStatistics.tokenRequests + (tokens?.requests ?? 0)
        statistics.tokenFailures = retiredStatistics.tokenFailures + (tokens?.failures ?? 0)
        statistics.connectionsOpened = (retired + [transport]).reduce(retiredStatistics.connectionsOpened) {
            $0 + $1.connectionsOpened
        }
        return statistics
    }

    /// Fetches a token, to see whether one can be had; `completion` is called from a later turn of the loop.
    public func checkToken(completion: @escaping TokenCompletion) {
        guard let tokens else {
            doLater { completion(.success(0)) }
            return
        }
        tokenChecks.append(completion)
        tokens.fetch()
    }

    /// Closes all connections. Calls in flight are dropped as if the process had ended: their completions are not called.
    public func shutDown() {
        if isShutDown { return }
        isShutDown = true
        credentialWatch?.close()
        for transport in retired + [transport] { transport.close() }
        retired = []
        if let timer { loop.discard(timer) }
        timer = nil
        exchanges = [:]
        waiting = []
        tokenChecks = []
        later = []
    }

    /// Ends a call, from a turn of the loop.
    func settle(_ exchange: Exchange, _ result: Result<PortalAnswer, PortalFailure>) {
        exchange.isSettled = true
        let outcome: PortalStatistics.Outcome =
            switch result {
            case .success: .answered
            case .failure(let failure): .init(failure)
            }
        counted.count(
            .init(exchange.call), outcome, nanoseconds: MonotonicClock.nanoseconds() - exchange.startedAt)
        if case .success = result { counted.uploadedBytes += UInt64(exchange.uploadSize) }
        exchanges[exchange.id] = nil
        exchange.completion(result)
    }

    /// Ends a call that our caller may be in the middle of starting.
    func settleLater(_ exchange: Exchange, _ failure: PortalFailure) {
        exchange.isSettled = true
        doLater { [unowned self] in settle(exchange, .failure(failure)) }
    }

    func doLater(_ action: @escaping () -> Void) {
        later.append(action)
        timer?.deadline = 0
    }

    /// Makes sure that the loop wakes up when a waiting call's time is over.
    func wake(at time: Int64) { timer?.deadline = min(timer?.deadline ?? .max, time) }
}
