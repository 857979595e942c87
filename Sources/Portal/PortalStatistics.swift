import Estates

/// What the client has done since it was made. Counts only rise.
public struct PortalStatistics: Sendable {
    /// What a call was for.
    public enum Operation: String, Sendable, CaseIterable {
        case search
        case lookUp = "look-up"
        case submit, amend, withdraw
        /// The upload of an attachment.
        case attach
        /// The question which estates have changed.
        case changes

        init(_ call: PortalCall) {
            switch call {
            case .search: self = .search
            case .lookUp: self = .lookUp
            case .submit: self = .submit
            case .amend: self = .amend
            case .withdraw: self = .withdraw
            case .attach: self = .attach
            case .changes: self = .changes
            }
        }

        var index: Int {
            switch self {
            case .search: 0
            case .lookUp: 1
            case .submit: 2
            case .amend: 3
            case .withdraw: 4
            case .attach: 5
            case .changes: 6
            }
        }
    }

    /// The calls of one operation.
    public struct Calls: Sendable {
        public fileprivate(set) var byOutcome = [UInt64](repeating: 0, count: Outcome.allCases.count)
        /// How long calls took that were sent, by bucket: `byLatency[i]` counts those that took at most
        /// `PortalStatistics.latencyBounds[i]` seconds and longer than the bound before; the last one has no bound.
        public fileprivate(set) var byLatency = [UInt64](repeating: 0, count: latencyBounds.count + 1)
        /// Of all of these calls, in seconds.
        public fileprivate(set) var latencySum = 0.0

        /// How many ended that way.
        public subscript(_ outcome: Outcome) -> UInt64 { byOutcome[outcome.index] }
    }

    /// Upper bounds of the latency buckets, in seconds.
    public static let latencyBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

    private var operations = [Calls](repeating: Calls(), count: Operation.allCases.count)
    public internal(set) var tokenRequests: UInt64 = 0
    public internal(set) var tokenFailures: UInt64 = 0
    public internal(set) var connectionsOpened: UInt64 = 0
    /// Bytes of attachments that the portal has taken.
    public internal(set) var uploadedBytes: UInt64 = 0

    /// The calls of one operation.
    public subscript(_ operation: Operation) -> Calls { operations[operation.index] }

    mutating func count(_ operation: Operation, _ outcome: Outcome, nanoseconds: Int64) {
        operations[operation.index].byOutcome[outcome.index] += 1
        if outcome == .notStarted { return }
        let seconds = Double(nanoseconds) / 1e9
        let bucket = PortalStatistics.latencyBounds.firstIndex { seconds <= $0 }
        operations[operation.index].byLatency[bucket ?? PortalStatistics.latencyBounds.count] += 1
        operations[operation.index].latencySum += seconds
    }
}
