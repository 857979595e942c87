/// What has happened in an engine since it was made.
public struct EngineStatistics: Sendable {
    /// Requests and notifications by their terminal result: an outcome of a reply, or `dead-letter`.
    public internal(set) var outcomes: [String: Int] = [:]
    public internal(set) var deadLetters: [FailureReason: Int] = [:]
    public internal(set) var acceptedRecords = 0
    public internal(set) var callsStarted = 0
    public internal(set) var answersLost = 0
    /// Look-ups that found more than one filing under one reference.
    public internal(set) var duplicatesSeen = 0
    /// How often the gate closed, by why.
    public internal(set) var gateClosings: [FailureReason: Int] = [:]
    /// Warnings of deadlines, those that lapsed too.
    public internal(set) var deadlineWarnings: [DeadlineNews: Int] = [:]
    /// News of estates, by what it is.
    public internal(set) var updates: [EstateUpdate.Change: Int] = [:]
    public internal(set) var events: [EngineEvent: Int] = [:]
    /// How often a filing went from one phase to another: row `from`, column `to`.
    public internal(set) var transitions = [Int](
        repeating: 0, count: PhaseName.allCases.count * PhaseName.allCases.count)

    public func transitions(from: PhaseName, to: PhaseName) -> Int {
        transitions[from.rawValue * PhaseName.allCases.count + to.rawValue]
    }

    mutating func count(_ event: EngineEvent) { events[event, default: 0] += 1 }

    mutating func count(_ outcome: Outcome) {
        switch outcome {
        case .claimReply(let reply): outcomes[reply.outcome.rawValue, default: 0] += 1
        case .estateReply(let reply):
            switch reply.outcome {
            case .estateFound: outcomes["estate-found", default: 0] += 1
            case .withdrawn(_): outcomes["notification-withdrawn", default: 0] += 1
            }
        case .deadLetter(let letter):
            outcomes["dead-letter", default: 0] += 1
            deadLetters[letter.failure.reason, default: 0] += 1
        }
    }
}
