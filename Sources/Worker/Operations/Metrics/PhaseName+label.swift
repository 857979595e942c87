import Engine

extension PhaseName {
    /// As in metrics and `/status`; stable.
    var label: String {
        switch self {
        case .settled: "settled"
        case .seeking: "seeking"
        case .ready: "ready"
        case .adoptReady: "adopt-ready"
        case .adopting: "adopting"
        case .sending: "sending"
        case .waitingForEstate: "waiting-for-estate"
        case .waitingForSearch: "waiting-for-search"
        case .waitingToSend: "waiting-to-send"
        case .attachReady: "attach-ready"
        case .attaching: "attaching"
        case .waitingToAttach: "waiting-to-attach"
        case .uncertain: "uncertain"
        case .uncertainSeeking: "uncertain-seeking"
        case .uncertainWithoutEstate: "uncertain-without-estate"
        case .uncertainReady: "uncertain-ready"
        case .lookingUp: "looking-up"
        }
    }
}
