import EventLoop
import Kafka

/// Keeps a worker from starting on topics that would break its promises.
enum TopicGate {
    /// Milliseconds. Workers are often started together with their brokers, or right after a broker's death.
    private static let patience: Int64 = 60_000

    static func pass(_ settings: WorkerSettings, _ log: Log) throws(CommandFailure) {
        let admin: Admin
        do throws(KafkaError) { admin = try KafkaClients(settings: settings, log: log).admin() } catch {
            throw CommandFailure(.settings, "kafka.*: \(error.message)")
        }
        let end = MonotonicClock.milliseconds() + patience
        var hasLookedTwice = false
        while true {
            let problems: [TopicProblem]
            do throws(KafkaError) { problems = try TopicPlan(settings).verify(admin) } catch {
                guard error.isRetriable || error.isConnectionProblem, MonotonicClock.milliseconds() < end else {
                    throw CommandFailure(error, while: "looking at the topics")
                }
                log.warning(
                    "kafka.unreachable", "no broker answers yet; it is tried again",
                    ["error": .text(error.name), "detail": .text(error.message)])
                NativeThread.sleep(milliseconds: 1000)
                continue
            }
            let errors = problems.filter { $0.severity == .error }
            if errors.isEmpty {
                for problem in problems { log.warning("topics.warning", problem.description) }
                return
            }
            if hasLookedTwice {
                throw CommandFailure(
                    .foundWrong,
                    "the topics are not as the worker needs them:\n"
                        + errors.map { "  - \($0)" }.joined(separator: "\n"))
            }
            // A broker that has just come up may not know all topics yet.
            hasLookedTwice = true
            NativeThread.sleep(milliseconds: 3000)
        }
    }
}
