import Estates

extension Partition {
    /// Begins nothing more. What may have been sent is left to end; what was surely not sent is written as such, so that
    /// the next owner need not let a lease run out before it takes it up.
    mutating func drain(_ shared: inout Shared) {
        guard stage == .active else { return }
        stage = .draining
        for (identity, filing) in filings {
            switch filing.phase {
            case .seeking, .ready:
                filings[identity]?.nextAt = nil
                move(identity, to: .waitingForEstate, &shared)
                touch(identity)
            case .settled, .sending, .waitingForEstate, .waitingForSearch, .waitingToSend, .uncertain,
                .uncertainSeeking, .uncertainReady, .lookingUp:
                break
            }
        }
    }

    /// Whether nothing is under way and all is written.
    var isDrained: Bool {
        stage == .draining && phases[PhaseName.sending.rawValue] == 0 && !hasSomethingToWrite && !isInTick
    }
}
