import Engine

/// The phase transitions that the engine may make. Any other is a failure, and so is one that a long run never makes:
/// then something is not tested.
public enum Transitions {
    public static func possible(from phase: PhaseName) -> [PhaseName] {
        switch phase {
        case .settled:
            // Also where a restore begins.
            [
                .settled, .seeking, .ready, .adoptReady, .waitingForEstate, .waitingForSearch, .waitingToAttach,
                .uncertain,
                .uncertainSeeking,
                .uncertainReady,
            ]
        case .seeking: [.settled, .seeking, .ready, .waitingForEstate, .waitingForSearch]
        case .ready: [.settled, .seeking, .ready, .sending, .waitingForEstate, .waitingForSearch]
        case .adoptReady: [.settled, .adopting]
        case .adopting: [.settled, .waitingForSearch, .waitingToSend]
        case .sending:
            [
                .settled, .waitingForSearch, .waitingToSend, .attachReady, .waitingToAttach, .uncertain,
                .uncertainReady,
            ]
        case .waitingForEstate: [.settled, .seeking, .ready, .adoptReady, .waitingForEstate, .waitingForSearch]
        case .waitingForSearch: [.settled, .seeking, .ready, .adoptReady, .waitingForEstate, .waitingForSearch]
        case .waitingToSend: [.settled, .seeking, .ready, .adoptReady, .waitingForSearch]
        case .attachReady: [.attachReady, .attaching, .waitingToAttach, .uncertainReady]
        case .attaching: [.settled, .attachReady, .waitingToAttach, .uncertain, .uncertainReady]
        case .waitingToAttach: [.uncertainReady]
        case .uncertain: [.uncertainSeeking, .uncertainReady]
        case .uncertainSeeking: [.settled, .uncertainWithoutEstate, .uncertainReady]
        case .uncertainWithoutEstate: [.settled, .uncertainWithoutEstate, .uncertainReady]
        case .uncertainReady: [.lookingUp]
        case .lookingUp: [.settled, .ready, .waitingForEstate, .attachReady, .waitingToAttach, .uncertain]
        }
    }
}

extension Coverage {
    /// Transitions that happened and must not.
    public var forbidden: [String] {
        pairs.filter { count(from: $0, to: $1) > 0 && !Transitions.possible(from: $0).contains($1) }
            .map { "\($0) -> \($1)" }
    }

    /// Transitions, faults and events of engines that never happened.
    public var missing: [String] {
        pairs.filter { count(from: $0, to: $1) == 0 && Transitions.possible(from: $0).contains($1) }
            .map { "\($0) -> \($1)" }
            + Fault.allCases.filter { faults[$0, default: 0] == 0 }.map(\.rawValue)
            + [.portalUnavailable, .expired, .notRegistered, .tokenRefused, .tokenForOtherEnvironment, .unexpectedAPI]
            .filter { gateClosings[$0, default: 0] == 0 }.map { (reason: FailureReason) in "gate closed, \(reason)" }
            + ClaimReply.Outcome.allCases.map(\.rawValue).filter { outcomes[$0, default: 0] == 0 }
            + EstateUpdate.Change.allCases.filter { updates[$0, default: 0] == 0 }.map(\.rawValue)
            // No run is long enough to give questions up.
            + EngineEvent.allCases.filter { $0 != .followRoundGivenUp && engineEvents[$0, default: 0] == 0 }
            .map(\.rawValue)
            + Coverage.allDeadlineNews.filter { deadlineWarnings[$0, default: 0] == 0 }.map(Coverage.name)
    }

    private static let allDeadlineNews = DeadlineState.allCases.flatMap { state in
        DeadlineWarning.allCases.map { DeadlineNews(state, $0) }
    }

    private static func name(_ news: DeadlineNews) -> String {
        "deadline, \(news.state.rawValue) \(news.warning.label)"
    }

    /// A table for people.
    public var report: [String] {
        var lines = ["phase transitions"]
        for (from, to) in pairs where count(from: from, to: to) > 0 || Transitions.possible(from: from).contains(to) {
            lines.append(row("\(from) -> \(to)", count(from: from, to: to)))
        }
        lines.append("faults")
        for fault in Fault.allCases { lines.append(row(fault.rawValue, faults[fault, default: 0])) }
        lines.append("events of engines")
        for event in EngineEvent.allCases { lines.append(row(event.rawValue, engineEvents[event, default: 0])) }
        for (reason, count) in gateClosings.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            lines.append(row("  gate closed, \(reason.rawValue)", count))
        }
        lines.append("news of estates")
        for change in EstateUpdate.Change.allCases {
            lines.append(row(change.rawValue, updates[change, default: 0]))
        }
        for news in Coverage.allDeadlineNews {
            lines.append(row(Coverage.name(news), deadlineWarnings[news, default: 0]))
        }
        lines.append("answers")
        for (name, count) in outcomes.sorted(by: { $0.key < $1.key }) { lines.append(row(name, count)) }
        for (reason, count) in deadLetters.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            lines.append(row("  \(reason.rawValue)", count))
        }
        return lines
    }

    private func row(_ name: String, _ count: Int) -> String {
        "  " + name + String(repeating: " ", count: max(1, 48 - name.count)) + String(count)
    }

    private var pairs: [(PhaseName, PhaseName)] {
        PhaseName.allCases.flatMap { from in PhaseName.allCases.map { (from, $0) } }
    }
}
