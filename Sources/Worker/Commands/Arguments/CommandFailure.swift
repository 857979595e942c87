import Kafka

/// Why a command could not do its work: the exit status, and what to say on standard error.
public struct CommandFailure: Error, Sendable, Equatable, CustomStringConvertible {
    public let status: ExitStatus
    public let description: String

    public init(_ status: ExitStatus, _ description: String) {
        self.status = status
        self.description = description
    }

    /// What a Kafka client refused, while something was being done.
    public init(_ error: KafkaError, while doing: String) {
        let isUnreachable = error.isConnectionProblem || error.isRetriable
        self.init(
            isUnreachable ? .unreachable : .foundWrong,
            isUnreachable
                ? "no broker answers (\(doing): \(error.message)). Is kafka.bootstrap.servers right, and are they up?"
                : "\(doing): \(error.message)")
    }
}
