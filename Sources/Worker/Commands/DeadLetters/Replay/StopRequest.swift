import Glibc

/// SIGINT and SIGTERM as a question that is asked between transactions. A second signal ends the process at once, which
/// is safe too: the next run settles what is left open.
final class StopRequest {
    private(set) var isMade = false

    init() { StopSignals.block() }

    /// Whether a signal has come.
    func check() -> Bool {
        if !isMade, StopSignals.takePending() {
            isMade = true
            StopSignals.unblock()
        }
        return isMade
    }
}
