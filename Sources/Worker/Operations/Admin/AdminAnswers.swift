import EventLoop

/// Answers the endpoints' requests, on whichever thread they come.
final class AdminAnswers: Sendable {
    /// Milliseconds. A loop that does not answer within it is not alive.
    static let patience: CInt = 2000

    private let environment: String
    private let inspect: @Sendable (_ reply: @escaping @Sendable (WorkerSnapshot) -> Void) -> Void

    init(
        environment: String,
        inspect: @escaping @Sendable (_ reply: @escaping @Sendable (WorkerSnapshot) -> Void) -> Void
    ) {
        self.environment = environment
        self.inspect = inspect
    }

    func answer(method: String, path: String, accept: String?) -> AdminAnswer {
        guard method == "GET" || method == "HEAD" else { return .text(405, "only GET and HEAD") }
        switch path {
        case "/livez":
            guard ask() != nil else { return stuck }
            return .text(200, "ok")
        case "/readyz":
            guard let snapshot = ask() else { return stuck }
            return snapshot.isReady
                ? .text(200, "ok") : .text(503, snapshot.obstacles.joined(separator: "\n"))
        case "/status":
            guard let snapshot = ask() else { return stuck }
            return AdminAnswer(200, "application/json", snapshot.json(environment: environment))
        case "/metrics":
            guard let snapshot = ask() else { return stuck }
            let format = MetricsFormat(accept: accept)
            return AdminAnswer(200, format.contentType, snapshot.metrics(format))
        default:
            return .text(404, "there are /livez, /readyz, /status and /metrics")
        }
    }

    private var stuck: AdminAnswer { .text(503, "the worker's loop has not answered for 2 s") }

    /// Where the worker stands; nil when it does not say.
    private func ask() -> WorkerSnapshot? {
        let box = Mailbox<WorkerSnapshot>()
        inspect { box.post($0) }
        return box.wait(milliseconds: AdminAnswers.patience).first
    }
}
