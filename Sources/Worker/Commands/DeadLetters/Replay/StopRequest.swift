import Glibc

/// Whether a run is to end, as a question that is asked between transactions.
final class StopRequest {
    private(set) var isMade = false
    private let ask: () -> Bool

    /// - Parameter ask: whether it is made now.
    init(_ ask: @escaping () -> Bool) { self.ask = ask }

    /// SIGINT and SIGTERM. A second signal ends the process at once, which is safe too: the next run settles what is left
    /// open.
    static func bySignals() -> StopRequest {
        StopSignals.block()
        return StopRequest {
            guard StopSignals.takePending() else { return false }
            StopSignals.unblock()
            return true
        }
    }

    /// Whether it was made.
    func check() -> Bool {
        if !isMade { isMade = ask() }
        return isMade
    }
}
