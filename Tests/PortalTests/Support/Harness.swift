import Estates
import EventLoop
import Portal
import Synchronization

/// A client with its loop, which a test turns until what it waits for has come.
final class Harness {
    let loop = EventLoop()
    let client: PortalClient
    let log = LogLines()
    private var watchdog: EventLoop.Timer?

    init(_ settings: PortalSettings) throws {
        let log = log
        client = try PortalClient(settings: settings, loop: loop) { level, message in
            log.lines.withLock { $0.append("\(level) \(message)") }
        }
        watchdog = loop.makeTimer { preconditionFailure("a test waits for ever") }
    }

    convenience init(
        _ server: ScriptedServer, token: PortalSettings.TokenAuthentication = .none,
        change: (inout PortalSettings) -> Void = { _ in }
    ) throws {
        var settings = PortalSettings(environment: .simulator, url: server.url, tokenAuthentication: token)
        if token != .none {
            settings.tokenURL = "\(server.url)/token"
            settings.clientID = "our-client"
        }
        change(&settings)
        try self.init(settings)
    }

    static func deadline(inMilliseconds milliseconds: Int64) -> Int64 {
        MonotonicClock.nanoseconds() + milliseconds * 1_000_000
    }

    func turn(until done: () -> Bool) {
        watchdog?.deadline = Harness.deadline(inMilliseconds: 20_000)
        while !done() { loop.turn() }
        watchdog?.deadline = nil
    }

    func turn(milliseconds: Int64) {
        var over = false
        let timer = loop.makeTimer { over = true }
        timer.deadline = Harness.deadline(inMilliseconds: milliseconds)
        turn { over }
        loop.discard(timer)
    }

    /// For what the loop is not woken by: looks every 10 ms, for some ten seconds.
    func look(until done: () -> Bool) {
        for _ in 0..<1000 where !done() { turn(milliseconds: 10) }
    }

    func call(_ call: PortalCall, deadline: Int64? = nil) -> Result<PortalAnswer, PortalFailure> {
        var result: Result<PortalAnswer, PortalFailure>?
        _ = client.start(call, deadline: deadline ?? Harness.deadline(inMilliseconds: 15_000)) { result = $0 }
        turn { result != nil }
        return result ?? .success(.estates([]))
    }

    func failure(_ call: PortalCall, deadline: Int64? = nil) -> PortalFailure? {
        if case .failure(let failure) = self.call(call, deadline: deadline) { failure } else { nil }
    }
}

/// What a client logged.
final class LogLines: Sendable {
    let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }
}
