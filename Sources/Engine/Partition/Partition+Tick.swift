import Estates

extension Partition {
    /// Takes what there is to write; nil when there is nothing.
    mutating func takePart(lease: Int64) -> TickPart? {
        guard stage != .restoring, hasSomethingToWrite else { return nil }
        var part = TickPart(partition: number, epoch: epoch)
        part.ledger = records
        part.outcomes = outcomes
        part.positions = positions
        part.versions.reserveCapacity(dirty.count)
        for identity in dirty {
            guard let filing = filings[identity] else { continue }
            filings[identity]?.isDirty = false
            part.versions.append(FilingVersion(identity: identity, version: filing.version))
            if !filing.isNothing {
                filings[identity]?.isWritten = true
                part.ledger.append(.filing(filing.entry(identity, lease: lease)))
            } else if filing.isWritten {
                part.ledger.append(.forgetFiling(identity))
            }
        }
        takeNews(&part)
        records = []
        outcomes = []
        dirty = []
        hasMoved = false
        isInTick = true
        return part
    }

    /// What the part carried is in the ledger: intents are good, and what is empty can be forgotten.
    mutating func committed(_ part: TickPart, _ shared: inout Shared) {
        isInTick = false
        for written in part.versions {
            guard let filing = filings[written.identity] else { continue }
            filings[written.identity]?.committedVersion = written.version
            if filing.isNothing, filing.version == written.version {
                remove(written.identity)
            } else {
                sendWhenCommitted(written.identity, &shared)
                packAway(written.identity)
            }
        }
    }

    /// What the part carried is not in the ledger: it is written again, before what has come since. The states of
    /// filings are not kept but taken anew, since they may have moved on.
    mutating func aborted(_ part: TickPart) {
        isInTick = false
        hasMoved = true
        records.insert(
            contentsOf: part.ledger.filter {
                switch $0 {
                case .filing, .forgetFiling, .estate, .checkpoint: false
                case .request, .forgetRequest, .notification, .forgetNotification, .forgetEstate, .erasure: true
                }
            }, at: 0)
        outcomes.insert(contentsOf: part.outcomes, at: 0)
        newsAborted(part)
        for written in part.versions where filings[written.identity]?.isDirty == false {
            filings[written.identity]?.isDirty = true
            dirty.append(written.identity)
        }
    }
}

extension Filing {
    /// The durable part of it.
    func entry(_ identity: FilingIdentity, lease: Int64) -> FilingEntry {
        var state = phase.name.ledgerState
        if doubt != nil { state = .uncertain }
        // What was given up in doubt was looked up in vain, so its lease has long been over.
        let mayBeRunning = !requests.isEmpty && (state == .sending || state == .attaching || state == .uncertain)
        return FilingEntry(
            identity: identity, state: state,
            lease: mayBeRunning ? max(lease + uploadTime, inheritedLease ?? 0) : nil,
            requests: requests.map {
                QueuedRequest(
                    offset: $0.record.source.offset, acceptedAt: $0.acceptedAt, isCancelled: $0.isCancelled)
            },
            joined: joined, estate: estate, deadline: deadline, filed: filed, missing: missing, doubt: doubt,
            givenUpFor: isGivenUp ? givenUpFor : nil, wasEverInDoubt: wasEverInDoubt, attempts: attempts,
            failingSince: failingSince, nextAt: nextAt)
    }
}
