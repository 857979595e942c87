import Engine
import Estates

/// Corrections: somebody has not died after all.
extension Checker {
    /// Whether a record has said by now that the item's person lives.
    func isCorrected(_ item: Item, at now: Int64) -> Bool {
        workload.items.contains {
            guard case .notification(let notification) = $0.parsed else { return false }
            return notification.isWithdrawn && $0.person == item.person && $0.time <= now
        }
    }

    /// Whether a request has asked by now to withdraw its filing, or it does so itself.
    private func isWithdrawn(_ item: Item, at now: Int64) -> Bool {
        workload.items[item.index...].contains {
            guard case .request(let request) = $0.parsed else { return false }
            return request.action == .withdraw && $0.filing == item.filing && $0.time <= now
        }
    }

    mutating func checkCancelled(_ item: Item, at now: Int64) {
        if !isCorrected(item, at: now), !isWithdrawn(item, at: now) {
            fail("request \(item.index) was cancelled, and nobody asked for it", at: now)
        }
        guard let effect = effectOfItem[item.index] else { return }
        if let filing = item.filing, late.contains(effect.item) {
            excused.insert(filing)
        } else {
            fail("request \(item.index) was cancelled and took effect", at: now)
        }
    }

    /// Filings that stood before a transaction that answers a correction, by person.
    func standingFilings(_ part: TickPart) -> [FilingIdentity: Filed] {
        let answersCorrection = part.outcomes.contains { outcome in
            if case .estateReply(let reply) = outcome { reply.notification.isWithdrawn } else { false }
        }
        guard answersCorrection else { return [:] }
        return views[Int(part.partition)].filings.compactMapValues { entry in
            entry.filed.flatMap { $0.isWithdrawn ? nil : $0 }
        }
    }

    /// A correction's answer names every filing of the person that stood before and stands after.
    mutating func checkCorrection(_ outcome: Outcome, _ standing: [FilingIdentity: Filed], at now: Int64) {
        guard case .estateReply(let reply) = outcome, reply.notification.isWithdrawn,
            case .withdrawn(let named) = reply.outcome, let person = workload.personIndex[reply.notification.deceased]
        else { return }
        let identities = Set(named.map(\.identity))
        for (filing, identity) in workload.filings.enumerated()
        where standing[identity] != nil && workload.person(ofFiling: filing) == person {
            let entry = views[Int(reply.record.source.partition)].filings[identity]
            guard let filed = entry?.filed, !filed.isWithdrawn else { continue }
            if !identities.contains(identity) {
                fail("a correction did not name \(identity.reference), which is filed", at: now)
            }
        }
        for filing in named where workload.filingIndex[filing.identity].map(workload.person(ofFiling:)) != person {
            fail("a correction named \(filing.identity.reference), which is somebody else's", at: now)
        }
    }
}
