import Engine
import Estates

extension Checker {
    /// What the ledger has forgotten of a filing, by items: those up to `last` were answered before, those after `doubtful`
    /// by somebody who knew nothing of it, and those between the two in the transaction that forgot it.
    struct Renewal {
        let last: Int
        let doubtful: Int
    }

    /// A transaction's part takes the place of what the ledger said.
    ///
    /// - Returns: the filings that it forgot.
    mutating func apply(_ part: TickPart, retention: Int64, latestWall: Timestamp, at now: Int64) -> [Int] {
        var forgotten: [Int] = []
        let erasures = erasures(in: part).filter(\.isDone)
        for write in part.ledger {
            let identity = write.filing
            let before = identity.flatMap { views[Int(part.partition)].filings[$0]?.filed }
            views[Int(part.partition)].apply(write)
            guard let identity, let before, let filing = workload.filingIndex[identity] else { continue }
            let order = erasures.first { $0.item.person == workload.person(ofFiling: filing) }
            // What came after may have been cancelled, and be all that is known.
            let after = views[Int(part.partition)].filings[identity]?.filed
            guard after == nil || (after?.revision ?? 0) < before.revision else { continue }
            if before.settledAt.map({ $0.milliseconds + retention > latestWall.milliseconds }) ?? true {
                // What an order has erased is looked at with the order.
                if order != nil { continue }
                fail("\(identity.reference) was forgotten before its time", at: now)
            }
            let answered = part.outcomes.compactMap { outcome -> Int? in
                let source = outcome.record.source
                let item = workload.item(source.topic, source.partition, offset: source.offset)
                return item?.filing == filing ? item?.index : nil
            }
            let last = lastAnswered[filing]
            let doubtful = min(max(last, answered.max() ?? -1), order?.item.index ?? .max)
            renewals[filing].append(Renewal(last: last, doubtful: doubtful))
            forgotten.append(filing)
        }
        return forgotten
    }
}

extension LedgerWrite {
    /// The filing whose state it is about.
    var filing: FilingIdentity? {
        switch self {
        case .filing(let entry): entry.identity
        case .forgetFiling(let identity): identity
        case .request, .forgetRequest, .notification, .forgetNotification, .erasure, .estate, .forgetEstate,
            .checkpoint:
            nil
        }
    }
}
