import Engine

/// What has happened in runs.
public struct Coverage: Sendable {
    public internal(set) var faults: [Fault: Int] = [:]
    /// Phase transitions of filings: row `from`, column `to`.
    public internal(set) var transitions = [Int](
        repeating: 0, count: PhaseName.allCases.count * PhaseName.allCases.count)
    public internal(set) var outcomes: [String: Int] = [:]
    public internal(set) var deadLetters: [FailureReason: Int] = [:]
    /// What engines have done now and then.
    public internal(set) var engineEvents: [EngineEvent: Int] = [:]
    public internal(set) var updates: [EstateUpdate.Change: Int] = [:]
    public internal(set) var gateClosings: [FailureReason: Int] = [:]
    public internal(set) var deadlineWarnings: [DeadlineNews: Int] = [:]
    public internal(set) var events = 0

    mutating func add(_ statistics: EngineStatistics) {
        for at in transitions.indices { transitions[at] += statistics.transitions[at] }
        outcomes.merge(statistics.outcomes, uniquingKeysWith: +)
        deadLetters.merge(statistics.deadLetters, uniquingKeysWith: +)
        engineEvents.merge(statistics.events, uniquingKeysWith: +)
        gateClosings.merge(statistics.gateClosings, uniquingKeysWith: +)
        deadlineWarnings.merge(statistics.deadlineWarnings, uniquingKeysWith: +)
        updates.merge(statistics.updates, uniquingKeysWith: +)
    }

    /// Adds what happened in other runs.
    public mutating func add(_ other: Coverage) {
        for at in transitions.indices { transitions[at] += other.transitions[at] }
        faults.merge(other.faults, uniquingKeysWith: +)
        outcomes.merge(other.outcomes, uniquingKeysWith: +)
        deadLetters.merge(other.deadLetters, uniquingKeysWith: +)
        engineEvents.merge(other.engineEvents, uniquingKeysWith: +)
        gateClosings.merge(other.gateClosings, uniquingKeysWith: +)
        deadlineWarnings.merge(other.deadlineWarnings, uniquingKeysWith: +)
        updates.merge(other.updates, uniquingKeysWith: +)
        events += other.events
    }

    public init() {}

    public func count(from: PhaseName, to: PhaseName) -> Int {
        transitions[from.rawValue * PhaseName.allCases.count + to.rawValue]
    }
}
