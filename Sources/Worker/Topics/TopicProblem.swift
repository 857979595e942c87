/// How a topic differs from what the worker needs.
public struct TopicProblem: Hashable, Sendable, CustomStringConvertible {
    public enum Severity: String, Sendable {
        /// The worker would break a promise, or could not work at all.
        case error
        /// It works, with less safety.
        case warning
    }

    public let severity: Severity
    public let topic: String
    /// What is there.
    public let found: String
    /// What should be there, and why.
    public let expected: String
    /// What to do about it.
    public let remedy: String

    public var description: String { "\(topic): \(found); \(expected). \(remedy)" }

    static func error(_ topic: String, _ found: String, expected: String, remedy: String) -> TopicProblem {
        TopicProblem(severity: .error, topic: topic, found: found, expected: expected, remedy: remedy)
    }

    static func warning(_ topic: String, _ found: String, expected: String, remedy: String) -> TopicProblem {
        TopicProblem(severity: .warning, topic: topic, found: found, expected: expected, remedy: remedy)
    }

    /// The same said of several topics is said once.
    static func joined(_ problems: [TopicProblem]) -> [TopicProblem] {
        var result: [TopicProblem] = []
        for problem in problems {
            if let index = result.firstIndex(where: { $0.saysTheSame(as: problem) }) {
                let topics = "\(result[index].topic), \(problem.topic)"
                result[index] = TopicProblem(
                    severity: problem.severity, topic: topics, found: problem.found, expected: problem.expected,
                    remedy: problem.remedy)
            } else {
                result.append(problem)
            }
        }
        return result
    }

    private func saysTheSame(as other: TopicProblem) -> Bool {
        severity == other.severity && found == other.found && expected == other.expected && remedy == other.remedy
    }
}
