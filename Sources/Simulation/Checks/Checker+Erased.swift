import Engine
import Estates

/// Orders to erase a person.
extension Checker {
    /// An order that a transaction answers, and how things stood before it.
    struct AnsweredErasure {
        let erasure: Erasure
        let item: Item
        let before: LedgerView
        /// Whether anything of the person had no answer, or was in doubt.
        let wasUnfinished: Bool
        let forgottenEstates: [EstateID]

        var isDone: Bool { if case .erased = erasure.result { true } else { false } }
    }

    /// Whether the record has its one result.
    func isAnswered(_ item: Item) -> Bool { outcomes[item.index] != nil || erased[item.index] != nil }

    /// To be asked before the transaction is looked at.
    func erasures(in part: TickPart) -> [AnsweredErasure] {
        let before = views[Int(part.partition)]
        let forgotten = part.ledger.compactMap { if case .forgetEstate(let id) = $0 { id } else { nil } }
        return part.ledger.compactMap { write in
            guard case .erasure(let erasure) = write,
                let item = workload.item(.claimRequests, part.partition, offset: erasure.offset)
            else { return nil }
            return AnsweredErasure(
                erasure: erasure, item: item, before: before, wasUnfinished: isUnfinished(item, before),
                forgottenEstates: forgotten)
        }
    }

    /// Nothing of the person is left, but for what came after the order; or something was in the way.
    ///
    /// - Returns: the filings of which the portal knows nothing any more that we need: an order comes when the estate is
    ///   closed.
    mutating func check(_ answered: AnsweredErasure, at now: Int64) -> [Int] {
        let item = answered.item
        guard case .erasure = item.parsed, erased[item.index] == nil else {
            fail("record \(item.index) is no order to erase, or was answered twice", at: now)
            return []
        }
        erased[item.index] = answered.erasure
        self.answered += 1
        guard answered.isDone else {
            if !answered.wasUnfinished { fail("order \(item.index) was refused, and nothing was in the way", at: now) }
            return []
        }
        for other in workload.items[..<item.index] where other.person == item.person && !isAnswered(other) {
            guard other.source.topic == .claimRequests else { continue }
            fail("order \(item.index) has erased a person whose request \(other.index) is pending", at: now)
        }
        let view = views[Int(item.partition)]
        for (source, _) in view.requests where source.topic == .deathNotifications {
            guard answered.before.requests[source] != nil,
                workload.item(source.topic, source.partition, offset: source.offset)?.person == item.person
            else { continue }
            fail("order \(item.index) has erased a person whose notification waits", at: now)
        }
        // A request that came after the order may have found the estate again.
        for estate in answered.before.estates.values where estate.key == item.record.key {
            guard !answered.forgottenEstates.contains(estate.id) else { continue }
            fail("order \(item.index) has erased a person whose estate is followed", at: now)
        }
        return workload.filings.indices.filter { workload.person(ofFiling: $0) == item.person }
            .map { filing in
                if let entry = view.filings[workload.filings[filing]] { checkFresh(entry, after: item, at: now) }
                renewals[filing].append(Renewal(last: item.index, doubtful: item.index))
                return filing
            }
    }

    /// What is in the ledger of a person who was erased in the same transaction.
    private mutating func checkFresh(_ entry: FilingEntry, after order: Item, at now: Int64) {
        let isFiled = entry.filed.map { $0.revision > 0 } ?? false
        let isWarned = entry.deadline != nil && entry.requests.isEmpty
        if isFiled || isWarned || entry.doubt != nil
            || entry.requests.contains(where: { $0.offset < order.source.offset })
        {
            fail(
                "\(entry.identity.reference) is in the ledger, and order \(order.index) has erased its person", at: now)
        }
    }

    private func isUnfinished(_ order: Item, _ view: LedgerView) -> Bool {
        let isPending = workload.items.contains { item in
            if case .erasure = item.parsed { return false }
            return item.person == order.person && outcomes[item.index] == nil
                && (item.index < order.index || item.source.topic == .deathNotifications)
        }
        return isPending
            || workload.filings.indices.contains { filing in
                workload.person(ofFiling: filing) == order.person
                    && view.filings[workload.filings[filing]]?.doubt != nil
            }
    }
}
