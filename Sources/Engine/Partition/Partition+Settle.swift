import Estates

extension Partition {
    /// How the oldest request of a filing ends.
    enum Settlement {
        /// The portal has taken it.
        case taken(Filed)
        /// It needs no call.
        case reply(ClaimReply.Outcome, Filed)
        /// It was not sent, and is not going to be.
        case cancelled
        case failure(Failure)
    }

    /// Ends the oldest request with its one terminal result, and begins the next.
    mutating func settle(_ identity: FilingIdentity, as settlement: Settlement, _ shared: inout Shared) {
        end(identity, as: settlement, &shared)
        begin(identity, &shared)
    }

    /// Ends the oldest request with its one terminal result.
    mutating func end(_ identity: FilingIdentity, as settlement: Settlement, _ shared: inout Shared) {
        guard let head = filings[identity]?.requests.first, let attempts = filings[identity]?.attempts else { return }
        switch settlement {
        case .taken(let filed):
            filings[identity]?.filed = filed
            reply(head, outcome(of: head.request.action), filed, attempts: attempts, &shared)
        case .reply(let outcome, let filed):
            reply(head, outcome, filed, attempts: attempts, &shared)
        case .cancelled:
            reply(head, .cancelled, filings[identity]?.filed, attempts: attempts, &shared)
            shared.statistics.count(.requestCancelled)
        case .failure(let failure):
            let filed = filings[identity]?.missing == nil ? nil : filings[identity]?.filed
            deadLetter(head.record, failure, attempts: attempts, filed: filed, &shared)
        }
        if head.isStored { records.append(.forgetRequest(head.record.source)) }
        let since = failingSince(identity, settlement)
        filings[identity]?.endOldest(failingSince: since)
        move(identity, to: .settled, &shared)
        // What was answered from the state alone has not changed it.
        if case .reply = settlement, !head.isStored {} else { touch(identity) }
    }

    /// The next request of a filing has waited as long as the first while the portal failed, so it is not given all of
    /// that time again: ten requests would be ten horizons late. The row of failures ends when the portal answers a call.
    private func failingSince(_ identity: FilingIdentity, _ settlement: Settlement) -> Timestamp? {
        guard let filing = filings[identity], let since = filing.failingSince, let next = filing.requests.second else {
            return nil
        }
        let goesOn: Bool
        switch settlement {
        case .taken: goesOn = false
        case .reply, .cancelled: goesOn = true
        case .failure(let failure): goesOn = failure.reason == .portalUnavailable || filing.attempts == 0
        }
        return goesOn ? max(since, next.acceptedAt) : nil
    }

    private func outcome(of action: FilingAction) -> ClaimReply.Outcome {
        switch action {
        case .submit: .filed
        case .amend: .amended
        case .withdraw: .withdrawn
        }
    }

    private mutating func reply(
        _ pending: PendingRequest, _ outcome: ClaimReply.Outcome, _ filed: Filed?, attempts: Int,
        _ shared: inout Shared
    ) {
        finish(
            .claimReply(
                ClaimReply(
                    record: pending.record, request: pending.request, outcome: outcome, estate: filed?.estate,
                    filing: filed?.filing, receipt: filed?.receipt, attempts: attempts, settledAt: shared.now.wall)),
            &shared)
    }

    mutating func deadLetter(
        _ record: OriginalRecord, _ failure: Failure, attempts: Int, filed: Filed? = nil, _ shared: inout Shared
    ) {
        finish(
            .deadLetter(
                DeadLetter(
                    record: record, failure: failure, at: shared.now.wall, attempts: attempts, filed: filed)),
            &shared)
    }

    mutating func finishNotification(_ offset: Int64, _ outcome: Outcome, _ shared: inout Shared) {
        guard let pending = notifications.removeValue(forKey: offset) else { return }
        forgetRenumbering(pending.notification, by: offset)
        if pending.isScheduled { records.append(.forgetNotification(offset: offset)) } else { freshNotifications -= 1 }
        records.append(.forgetRequest(pending.record.source))
        finish(outcome, &shared)
    }

    mutating func finish(_ outcome: Outcome, _ shared: inout Shared) {
        outcomes.append(outcome)
        shared.statistics.count(outcome)
    }
}
