import Estates

/// The circuit breaker before the portal. What is wrong for every request, our certificate or the environment, closes it
/// at once; a portal that does not answer closes it by the rate of failures. While it is closed no call is made but a
/// probe, one at a time, with exponential back-off and full jitter, so that two workers do not probe in step. A probe
/// that succeeds opens it, on trial: the next failure closes it again, and the back-off goes on from where it was.
struct Gate {
    private enum State: Hashable {
        case open
        /// Open, until so many more calls have gone well.
        case trial(left: Int)
        case closed
    }

    /// Calls that must go well before the portal is trusted again.
    private static let trial = 5

    private var state = State.open
    private var window = CallWindow()
    /// Why it is closed, or was last.
    private(set) var cause: GateCause? { didSet { if let cause { closure?.reasons.insert(cause.reason) } } }
    /// Since when it is closed, or open.
    private(set) var since: Moment?
    /// From when it closed until it is trusted again.
    private(set) var closure: GateClosure?
    /// The probe that is under way.
    private(set) var probe: CallTicket?
    /// When the next probe may start, on the monotonic clock.
    private(set) var probeAt: Int64 = 0
    /// Probes in a row that failed, those of a trial that was broken off included.
    private var failedProbes = 0

    var isClosed: Bool { state == .closed }
    var isOnTrial: Bool { if case .trial = state { true } else { false } }

    /// What a call's end did to it.
    enum Change { case none, closed, stillClosed, opened }

    mutating func startProbe(_ ticket: CallTicket) { probe = ticket }

    /// The probe was cancelled, since its partition is gone: the next may start at once.
    mutating func cancel(_ ticket: CallTicket) { if probe == ticket { probe = nil } }

    /// Our credentials are new: it is worth looking at once.
    mutating func credentialsReplaced(at now: Moment) {
        failedProbes = 0
        probeAt = now.monotonic
    }

    /// A call has ended.
    ///
    /// - Parameter retryAfter: what the portal asked for.
    mutating func callEnded(
        _ ticket: CallTicket, _ sign: CallSign, retryAfter: Int64?, _ settings: EngineSettings, at now: Moment,
        using random: inout SeededGenerator
    ) -> Change {
        guard probe == ticket else { return callEnded(sign, settings, at: now, using: &random) }
        probe = nil
        switch sign {
        case .healthy:
            state = .trial(left: Gate.trial)
            since = now
            window = CallWindow()
            return .opened
        case .unavailable(let cause), .misfit(let cause):
            self.cause = cause
            failedProbes += 1
        case .busy:
            failedProbes += 1
        case .inconclusive:
            break
        }
        planProbe(atLeast: retryAfter, settings, at: now, using: &random)
        return .stillClosed
    }

    /// A call that is no probe: it began while the gate was open.
    private mutating func callEnded(
        _ sign: CallSign, _ settings: EngineSettings, at now: Moment, using random: inout SeededGenerator
    ) -> Change {
        switch (state, sign) {
        case (_, .inconclusive), (_, .busy), (.closed, .healthy), (.closed, .unavailable):
            return .none
        case (.closed, .misfit(let cause)):
            // A call that was under way when it closed knows better why.
            self.cause = cause
            return .none
        case (.open, .misfit(let cause)), (.trial, .misfit(let cause)), (.trial, .unavailable(let cause)):
            if isOnTrial { failedProbes += 1 }
            close(cause, settings, at: now, using: &random)
            return .closed
        case (.trial(let left), .healthy):
            state = left > 1 ? .trial(left: left - 1) : .open
            if left == 1 {
                failedProbes = 0
                closure = nil
            }
            return .none
        case (.open, .healthy):
            window.add(failed: false, at: now.monotonic)
            return .none
        case (.open, .unavailable(let cause)):
            window.add(failed: true, at: now.monotonic)
            guard window.isSick(settings, at: now.monotonic) else { return .none }
            close(cause, settings, at: now, using: &random)
            return .closed
        }
    }

    private mutating func close(
        _ cause: GateCause, _ settings: EngineSettings, at now: Moment, using random: inout SeededGenerator
    ) {
        if closure == nil { closure = GateClosure(reasons: [], since: now.wall) }
        self.cause = cause
        state = .closed
        since = now
        planProbe(atLeast: nil, settings, at: now, using: &random)
    }

    private mutating func planProbe(
        atLeast: Int64?, _ settings: EngineSettings, at now: Moment, using random: inout SeededGenerator
    ) {
        let wait = Backoff.wait(failures: failedProbes + 1, in: settings.probeBackoff, using: &random)
        probeAt = now.monotonic + max(wait, min(atLeast ?? 0, settings.probeBackoff.upperBound))
    }
}
