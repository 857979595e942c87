import Estates

extension Partition {
    /// Begins nothing more. What may have been sent is left to end; what was surely not sent is written as such, so that
    /// the next owner need not let a lease run out before it takes it up.
    mutating func drain(_ shared: inout Shared) {
        guard stage == .active else { return }
        stage = .draining
        var unsent: [(offset: Int64, identity: FilingIdentity, phase: Phase)] = []
        for (identity, filing) in filings {
            switch filing.phase {
            case .seeking, .ready:
                unsent.append((filing.requests.first?.record.source.offset ?? 0, identity, .waitingForEstate))
            case .attachReady:
                let phase = Phase.waitingToAttach(at: shared.now.monotonic)
                unsent.append((filing.requests.first?.record.source.offset ?? 0, identity, phase))
            case .settled, .adoptReady, .adopting, .sending, .waitingForEstate, .waitingForSearch, .waitingToSend,
                .attaching,
                .waitingToAttach, .uncertain, .uncertainSeeking, .uncertainWithoutEstate, .uncertainReady, .lookingUp:
                break
            }
        }
        // In the order of the requests: that of a hash table differs from process to process, and runs must not.
        unsent.sort { $0.offset < $1.offset }
        for (_, identity, phase) in unsent {
            filings[identity]?.nextAt = nil
            move(identity, to: phase, &shared)
            touch(identity)
        }
    }

    /// Whether nothing is under way and all is written.
    var isDrained: Bool {
        stage == .draining && phases[PhaseName.sending.rawValue] == 0 && phases[PhaseName.attaching.rawValue] == 0
            && !hasSomethingToWrite && !isInTick
    }
}
