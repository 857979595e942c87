import Estates

/// What a tick carries of following: updates, the estates as they were last seen, and the checkpoint, which never gets ahead
/// of what it stands for.
extension Partition {
    var hasNewsToWrite: Bool { !updates.isEmpty || !changedEstates.isEmpty || isCheckpointChanged }

    mutating func takeNews(_ part: inout TickPart) {
        part.updates = updates
        for id in changedEstates {
            guard let estate = followed.row(of: id).flatMap({ followed.estate(at: $0) }) else { continue }
            part.ledger.append(.estate(estate))
        }
        if isCheckpointChanged, let checkpoint { part.ledger.append(.checkpoint(checkpoint)) }
        updates = []
        changedEstates = []
        isCheckpointChanged = false
    }

    /// The updates go out again; states and checkpoint are taken anew, since they may have moved on.
    mutating func newsAborted(_ part: TickPart) {
        updates.insert(contentsOf: part.updates, at: 0)
        for write in part.ledger {
            switch write {
            case .estate(let estate): changedEstates.append(estate.id)
            case .checkpoint: isCheckpointChanged = true
            case .request, .forgetRequest, .filing, .forgetFiling, .notification, .forgetNotification, .forgetEstate,
                .erasure:
                break
            }
        }
    }
}
