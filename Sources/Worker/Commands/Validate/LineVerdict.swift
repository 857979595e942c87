import Engine
import JSON

/// What the worker would make of one line, before it asks the portal.
struct LineVerdict: Sendable, Equatable {
    /// From 1.
    let line: Int
    /// Nil when the worker takes the record.
    let problem: Problem?

    struct Problem: Sendable, Equatable {
        /// What stands in the dead letter; nil for a line of which no record can be made.
        let reason: FailureReason?
        /// Names the place, and never quotes a value.
        let message: String
        /// `claim.principal`; nil when it is no single place.
        let place: String?
    }

    /// For people; nil for a good line.
    func text(of file: String) -> String? {
        guard let problem else { return nil }
        let label = problem.reason.map { "\($0.category.rawValue)/\($0.rawValue)" } ?? "no record"
        return "\(file), line \(line): \(label): \(problem.message)"
    }

    /// For programs.
    var json: String {
        let bytes = JSONWriter.object { root in
            root.field("line", line)
            root.field("verdict", problem == nil ? "accepted" : "refused")
            if let problem {
                root.field("category", problem.reason?.category.rawValue)
                root.field("reason", problem.reason?.rawValue)
                root.field("place", problem.place)
                root.field("message", problem.message)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
