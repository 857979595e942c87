import Estates

/// Corrections: somebody has not died, or has another number than was thought.
extension Partition {
    // MARK: Not dead

    /// Whatever waits for the person is answered now. What may have been sent ends as it ends; it and what has been
    /// filed are told to whoever sent the correction, since only they can say whether it is to be withdrawn.
    ///
    /// The person is told by the record's key, so it makes no difference how the requests name them. All filings are
    /// looked through, which takes some 20 ms a million: corrections are rare, and an index would cost each filing memory.
    mutating func correct(_ notification: DeathNotification, _ record: OriginalRecord, _ shared: inout Shared) {
        let person = record.person
        for identity in filingsAtWork(for: person) { cancel(identity, &shared) }
        for offset in notifications.keys.sorted() where notifications[offset]?.record.person == person {
            guard let pending = notifications[offset] else { continue }
            stopWaiting(.notification(offset), for: pending.notification.deceased)
            finishNotification(
                offset,
                .estateReply(
                    EstateReply(
                        record: pending.record, notification: pending.notification, outcome: .withdrawn([]),
                        settledAt: shared.now.wall)), &shared)
        }
        let reply = EstateReply(
            record: record, notification: notification, outcome: .withdrawn(filingsToWithdraw(of: person)),
            settledAt: shared.now.wall)
        finish(.estateReply(reply), &shared)
    }

    /// Requests to submit or amend are not to be sent any more. Those to withdraw are: they want what the correction wants.
    private mutating func cancel(_ identity: FilingIdentity, _ shared: inout Shared) {
        var isAnyCancelled = false
        filings[identity]?.requests.changeAll { pending in
            if pending.request.action != .withdraw, !pending.isCancelled {
                pending.isCancelled = true
                isAnyCancelled = true
            }
        }
        guard isAnyCancelled else { return }
        touch(identity)
        switch filings[identity]?.phase {
        case .seeking, .ready, .adoptReady, .adopting, .waitingForEstate, .waitingForSearch, .waitingToSend:
            if let head = filings[identity]?.requests.first, head.isCancelled {
                let named = filings[identity]?.newest?.request.deceased ?? head.request.deceased
                stopWaiting(.filing(identity), for: named)
            }
            _ = endCancelled(identity, &shared)
        case .settled, .sending, .attachReady, .attaching, .waitingToAttach, .uncertain, .uncertainSeeking,
            .uncertainWithoutEstate, .uncertainReady, .lookingUp,
            nil:
            break
        }
    }

    /// Ends the oldest request, and what has joined it, if it was cancelled; it surely was not sent.
    mutating func endCancelled(_ identity: FilingIdentity, _ shared: inout Shared) -> Bool {
        // What lacks attachments has been filed.
        guard filings[identity]?.requests.first?.isCancelled == true, filings[identity]?.missing == nil else {
            return false
        }
        settle(identity, as: .cancelled, &shared)
        return true
    }

    mutating func stopWaiting(_ waiter: Person.Waiter, for named: Deceased) {
        let deceased = current(named)
        // One whose waiters are just being served has none here, and is still needed.
        guard persons[deceased]?.waiters.contains(waiter) == true else { return }
        persons[deceased]?.waiters.removeAll { $0 == waiter }
        // A search that is under way for nobody is answered to nobody.
        if persons[deceased]?.waiters.isEmpty == true { persons[deceased] = nil }
    }

    /// In the order of their oldest requests.
    private func filingsAtWork(for person: PersonKey) -> [FilingIdentity] {
        var found: [(offset: Int64, identity: FilingIdentity)] = []
        for (identity, filing) in filings {
            guard let record = filing.requests.first?.record, record.person == person else { continue }
            found.append((record.source.offset, identity))
        }
        return found.sorted { $0.offset < $1.offset }.map(\.identity)
    }

    private func filingsToWithdraw(of person: PersonKey) -> [FilingToWithdraw] {
        var found: [FilingToWithdraw] = []
        for (identity, filing) in filings {
            let head = filing.requests.first
            guard head?.record.person ?? filing.filed?.person == person else { continue }
            if let filed = filing.filed, !filed.isWithdrawn {
                found.append(FilingToWithdraw(identity: identity, filed: filed))
            } else if let head, head.request.action != .withdraw {
                found.append(FilingToWithdraw(identity: identity, filed: nil))
            }
        }
        settled.visit(person) { identity, filed in
            if !filed.isWithdrawn { found.append(FilingToWithdraw(identity: identity, filed: filed)) }
        }
        return found.sorted { $0.identity.path < $1.identity.path }
    }
}
