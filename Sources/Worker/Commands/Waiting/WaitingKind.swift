import Engine

/// What a request waits for, as far as the ledger tells.
enum WaitingKind: String, CaseIterable {
    /// The court has not opened the estate.
    case estate
    /// The portal failed, and is tried again.
    case retry
    /// It was surely not sent when its worker left or the gate closed; it is sought as soon as a call may be made.
    case held
    /// Its attachments are not all there.
    case attachments
    /// Its answer was lost, and it is looked up.
    case lookUp = "look-up"
    /// A worker is at work on it, or died over it.
    case underWay = "under-way"

    /// Nil when nothing of the filing is pending.
    init?(_ entry: FilingEntry) {
        guard !entry.requests.isEmpty else { return nil }
        switch entry.state {
        case .settled, .sending, .attaching: self = .underWay
        case .uncertain: self = .lookUp
        case .waiting where entry.missing != nil: self = .attachments
        case .waiting where entry.failingSince != nil: self = .retry
        case .waiting: self = entry.nextAt == nil ? .held : .estate
        }
    }
}
