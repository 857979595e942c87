import Driver
import Engine
import Estates

extension Checker {
    /// A transaction has been decided: this is what a read_committed reader will see.
    ///
    /// - Parameter latestWall: the latest time of day that the worker's clock has shown.
    /// - Returns: the filings that the ledger has forgotten by it.
    mutating func committed(
        _ transaction: Transaction, by worker: Int, retention: Int64, latestWall: Timestamp, at now: Int64
    ) -> [Int] {
        var forgotten: [Int] = []
        for part in transaction.parts {
            let standing = standingFilings(part)
            let erasures = erasures(in: part)
            checkNews(part, at: now)
            forgotten += apply(part, retention: retention, latestWall: latestWall, at: now)
            for outcome in part.outcomes {
                answer(outcome, at: now)
                checkCorrection(outcome, standing, at: now)
            }
            for write in part.ledger { check(write, part.partition, worker, at: now) }
            for erasure in erasures { forgotten += check(erasure, at: now) }
        }
        let before = accepted
        for (place, offset) in transaction.offsets ?? [] { move(place.topic, place.partition, to: offset, at: now) }
        noteRenumbered(before, at: now)
        return forgotten
    }

    private mutating func check(_ write: LedgerWrite, _ partition: Int32, _ worker: Int, at now: Int64) {
        switch write {
        case .filing(let entry):
            var last: Int64 = -1
            for queued in entry.requests {
                let source = Source(topic: .claimRequests, partition: partition, offset: queued.offset)
                if queued.offset <= last { fail("the queue of \(entry.identity.reference) is out of order", at: now) }
                last = queued.offset
                if views[Int(partition)].requests[source] == nil {
                    fail("the ledger lists request \(queued.offset) without its contents", at: now)
                }
                if let item = workload.item(.claimRequests, partition, offset: queued.offset),
                    outcomes[item.index] != nil
                {
                    fail("the ledger still lists request \(item.index), which is answered", at: now)
                }
            }
            noteIntent(entry, worker)
            checkMarks(entry, at: now)
        case .forgetRequest(let source):
            if let item = workload.item(source.topic, partition, offset: source.offset), outcomes[item.index] == nil {
                fail("lost: the ledger forgot request \(item.index) before it was answered", at: now)
            }
        case .request, .forgetFiling, .notification, .forgetNotification, .erasure, .estate, .forgetEstate, .checkpoint:
            break
        }
    }

    private mutating func noteIntent(_ entry: FilingEntry, _ worker: Int) {
        guard let filing = workload.filingIndex[entry.identity] else { return }
        intents[filing].removeAll { $0.worker == worker }
        guard entry.state == .sending || entry.state == .attaching, let head = entry.requests.first,
            entry.joined < entry.requests.count
        else { return }
        let upload = entry.state == .attaching ? entry.missing?.first : nil
        intents[filing].append(
            Intent(
                worker: worker, head: head.offset, newest: entry.requests[entry.joined].offset,
                takenAt: ticksTaken[worker] ?? 0, lease: entry.lease ?? 0, upload: upload))
    }

    /// An input offset moves on: everything below it must be in the ledger or answered.
    private mutating func move(_ topic: InputTopic, _ partition: Int32, to offset: Int64, at now: Int64) {
        let log = workload.log(topic, partition)
        let end = workload.position(in: workload.logs[log], offset: offset)
        if end < accepted[log] {
            fail("the offset of \(topic.rawValue) \(partition) went back", at: now)
            return
        }
        for at in accepted[log]..<end {
            let item = workload.items[workload.logs[log][at]]
            if !isAnswered(item), views[Int(partition)].requests[item.source] == nil {
                fail("lost: the offset passed request \(item.index), which is neither stored nor answered", at: now)
            }
        }
        accepted[log] = end
    }

    // MARK: Answers

    private mutating func answer(_ outcome: Outcome, at now: Int64) {
        let source = outcome.record.source
        guard let item = workload.item(source.topic, source.partition, offset: source.offset) else {
            fail("an answer to a record that was never produced", at: now)
            return
        }
        guard outcomes[item.index] == nil else {
            fail("request \(item.index) was answered twice", at: now)
            return
        }
        outcomes[item.index] = outcome
        answered += 1
        if let filing = item.filing {
            if item.index < lastAnswered[filing] {
                fail("order: request \(item.index) was answered after request \(lastAnswered[filing])", at: now)
            }
            lastAnswered[filing] = item.index
        }
        switch outcome {
        case .claimReply(let reply):
            check(reply, to: item, at: now)
            checkNotice(reply, at: now)
        case .estateReply(let reply): check(reply, to: item, at: now)
        case .deadLetter(let letter): check(letter, to: item, at: now)
        }
    }

    /// Whether it is the last that the portal has taken; while a change is in doubt, which may have been the last, whether
    /// the portal has taken it at all.
    private func isKnown(_ filed: Filed, _ filing: Int, _ partition: Int32) -> Bool {
        let isInDoubt = views[Int(partition)].filings[workload.filings[filing]]?.doubt != nil
        return isInDoubt
            ? effects[filing].contains { $0.receipt == filed.receipt } || byHand(filing)?.receipt == filed.receipt
            : lastEffect(of: filing)?.receipt == filed.receipt
    }

    private mutating func check(_ reply: ClaimReply, to item: Item, at now: Int64) {
        if let filing = item.filing, excused.contains(filing) { return }
        if mode == .shadow { return checkRehearsal(reply, to: item, at: now) }
        if reply.outcome == .cancelled {
            checkCancelled(item, at: now)
            if let filing = item.filing, let filed = reply.filed, !isKnown(filed, filing, item.partition) {
                fail("request \(item.index) was cancelled with a wrong receipt", at: now)
            }
            return
        }
        guard let filing = item.filing, let last = lastEffect(of: filing) else {
            fail("request \(item.index) was answered \(reply.outcome.rawValue), and nothing is at the portal", at: now)
            return
        }
        if last.receipt != reply.filed?.receipt {
            let receipt = reply.filed?.receipt.id ?? "none"
            fail("request \(item.index) was answered with receipt \(receipt), not \(last.receipt.id)", at: now)
        }
        checkChain(reply, to: item, of: filing, at: now)
        let isWithdrawn = last.action == .withdraw
        checkComplete(reply, to: item, at: now)
        switch reply.outcome {
        case .filed:
            if last.head != item.index || last.action != .submit, !completes(item, last.item) {
                fail("request \(item.index) was answered filed and took no effect", at: now)
            }
        case .amended:
            if effectOfItem[item.index]?.receipt != last.receipt || last.action == .withdraw,
                !completes(item, last.item)
            {
                fail("request \(item.index) was answered amended and took no effect", at: now)
            }
        case .withdrawn:
            if !isWithdrawn { fail("request \(item.index) was answered withdrawn and is not", at: now) }
        case .alreadyFiled:
            if isWithdrawn { fail("request \(item.index) was answered already-filed and is withdrawn", at: now) }
        case .cancelled:
            break
        case .wouldFile, .wouldAmend, .wouldWithdraw:
            fail("request \(item.index) was answered \(reply.outcome.rawValue) by a worker that files", at: now)
        }
    }

    /// The first receipt is that of the latest submission, unless that is the latest change.
    private mutating func checkChain(_ reply: ClaimReply, to item: Item, of filing: Int, at now: Int64) {
        guard renewals[filing].isEmpty, let filed = reply.filed else { return }
        let (submission, revision) = chain(of: filing)
        let first = submission?.receipt == filed.receipt ? nil : submission?.receipt
        if filed.first != first { fail("request \(item.index) was answered with a wrong first receipt", at: now) }
        if filed.revision != revision {
            fail("request \(item.index) was answered with revision \(filed.revision)", at: now)
        }
    }

    private mutating func check(_ reply: EstateReply, to item: Item, at now: Int64) {
        guard case .notification(let notification) = item.parsed else {
            fail("an estate reply to a request", at: now)
            return
        }
        switch reply.outcome {
        case .withdrawn:
            if !notification.isWithdrawn, !isCorrected(item, at: now) {
                fail("notification \(item.index) was not withdrawn", at: now)
            }
        case .estateFound:
            let person = workload.persons[item.person]
            if notification.isWithdrawn || person.estates != 1 || person.appearsAt > now {
                fail("notification \(item.index) was answered with an estate that is not there", at: now)
            }
        }
    }

    private mutating func check(_ letter: DeadLetter, to item: Item, at now: Int64) {
        if let filing = item.filing, let effect = effectOfItem[item.index], late.contains(effect.item) {
            excused.insert(filing)
            return
        }
        if letter.failure.stage == .attach {
            checkReceipt(letter, of: item, at: now)
        } else if effectOfItem[item.index] != nil, !Outcome.deadLetter(letter).isInDoubt {
            fail("request \(item.index) took effect and is a dead letter, \(letter.failure.reason.rawValue)", at: now)
        }
        checkPolicy(letter.failure, item, at: now)
        checkRenumbered(letter.failure, item, at: now)
        if case .rejected = item.parsed, letter.failure.reason != .malformed {
            fail("malformed record \(item.index) is a dead letter for another reason", at: now)
        }
    }
}
