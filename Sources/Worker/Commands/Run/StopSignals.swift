import Glibc

/// SIGTERM and SIGINT. To be made before any thread is started: it blocks them, and all threads inherit that, so that they
/// reach nobody but the thread that waits for them.
public struct StopSignals: Sendable {
    public init() {
        var signals = StopSignals.set()
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        // A peer or reader that goes away shows in the write's own result.
        signal(SIGPIPE, SIG_IGN)
    }

    /// Calls this on a thread of its own when the first one comes. The second one ends the process at once.
    public func onFirst(_ action: @escaping @Sendable () -> Void) {
        NativeThread.start("signals") {
            var signals = StopSignals.set()
            var received: Int32 = 0
            sigwait(&signals, &received)
            action()
            sigwait(&signals, &received)
            _exit(128 + received)
        }
    }

    private static func set() -> sigset_t {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGTERM)
        sigaddset(&signals, SIGINT)
        return signals
    }
}
