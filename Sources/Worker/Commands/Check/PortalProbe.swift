import Estates
import EventLoop
import Portal

/// Makes single calls with the portal's client and waits for each.
final class PortalProbe {
    private let client: PortalClient
    private let loop = EventLoop()
    private let timer: EventLoop.Timer
    private let timeout: Int64

    init(_ settings: PortalSettings) throws(PortalSetupError) {
        client = try PortalClient(settings: settings, loop: loop) { _, _ in }
        timer = loop.makeTimer {}
        timeout = settings.callTimeout
    }

    deinit { client.shutDown() }

    /// Fetches a token.
    ///
    /// - Returns: the seconds for which it is good; 0 when none is used.
    func token() -> Result<Int64, PortalFailure> {
        wait { done in client.checkToken(completion: done) }
    }

    func search(_ cpr: CPRNumber) -> Result<PortalAnswer, PortalFailure> {
        wait { done in
            let deadline = MonotonicClock.nanoseconds() + timeout * 1_000_000
            _ = client.start(.search(.cpr(cpr)), deadline: deadline, completion: done)
        }
    }

    private func wait<Value>(
        _ start: (@escaping (Result<Value, PortalFailure>) -> Void) -> Void
    ) -> Result<Value, PortalFailure> {
        var result: Result<Value, PortalFailure>?
        let end = MonotonicClock.nanoseconds() + (timeout + 1000) * 1_000_000
        start { result = $0 }
        while result == nil, MonotonicClock.nanoseconds() < end {
            timer.deadline = end
            loop.turn()
        }
        return result ?? .failure(PortalFailure(.timedOut, mayHaveTakenEffect: false, detail: "no answer"))
    }
}
