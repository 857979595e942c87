import Estates

extension Partition {
    /// How the oldest request of a filing ends.
    enum Settlement {
        /// The portal has taken it.
        case taken(Filed)
        /// It needs no call.
        case reply(ClaimReply.Outcome, Filed)
        case failure(Failure)
    }

    /// Ends the oldest request with its one terminal result, and begins the next.
    mutating func settle(_ identity: FilingIdentity, as settlement: Settlement, _ shared: inout Shared) {
        end(identity, as: settlement, &shared)
        begin(identity, &shared)
    }

    /// Ends the oldest request with its one terminal result.
    mutating func end(_ identity: FilingIdentity, as settlement: Settlement, _ shared: inout Shared) {
        guard let filing = filings[identity], let head = filing.requests.first else { return }
        switch settlement {
        case .taken(let filed):
            filings[identity]?.filed = filed
            reply(head, outcome(of: head.request.action), filed, attempts: filing.attempts, &shared)
        case .reply(let outcome, let filed):
            reply(head, outcome, filed, attempts: filing.attempts, &shared)
        case .failure(let failure):
            deadLetter(head.record, failure, attempts: filing.attempts, &shared)
        }
        if head.isStored { records.append(.forgetRequest(head.record.source)) }
        let nextFailingSince = failingSince(filing, settlement)
        filings[identity]?.requests.removeFirst()
        filings[identity]?.estate = nil
        filings[identity]?.attempts = 0
        filings[identity]?.failures = 0
        filings[identity]?.failingSince = nextFailingSince
        filings[identity]?.nextAt = nil
        filings[identity]?.wasInDoubt = false
        filings[identity]?.inheritedLease = nil
        move(identity, to: .settled, &shared)
        // What was answered from the state alone has not changed it.
        if case .reply = settlement, !head.isStored {} else { touch(identity) }
    }

    /// The next request of a filing has waited as long as the first while the portal failed, so it is not given all of
    /// that time again: ten requests would be ten horizons late.
    private func failingSince(_ filing: Filing, _ settlement: Settlement) -> Timestamp? {
        guard case .failure(let failure) = settlement, failure.reason == .portalUnavailable,
            let since = filing.failingSince, filing.requests.count > 1
        else { return nil }
        return max(since, filing.requests[1].acceptedAt)
    }

    private func outcome(of action: FilingAction) -> ClaimReply.Outcome {
        switch action {
        case .submit: .filed
        case .amend: .amended
        case .withdraw: .withdrawn
        }
    }

    private mutating func reply(
        _ pending: PendingRequest, _ outcome: ClaimReply.Outcome, _ filed: Filed, attempts: Int,
        _ shared: inout Shared
    ) {
        finish(
            .claimReply(
                ClaimReply(
                    record: pending.record, request: pending.request, outcome: outcome, estate: filed.estate,
                    filing: filed.filing, receipt: filed.receipt, attempts: attempts, settledAt: shared.now.wall)),
            &shared)
    }

    mutating func deadLetter(
        _ record: OriginalRecord, _ failure: Failure, attempts: Int, _ shared: inout Shared
    ) {
        finish(
            .deadLetter(DeadLetter(record: record, failure: failure, at: shared.now.wall, attempts: attempts)),
            &shared)
    }

    mutating func finishNotification(_ offset: Int64, _ outcome: Outcome, _ shared: inout Shared) {
        guard let pending = notifications.removeValue(forKey: offset) else { return }
        if pending.isScheduled { records.append(.forgetNotification(offset: offset)) } else { freshNotifications -= 1 }
        records.append(.forgetRequest(pending.record.source))
        finish(outcome, &shared)
    }

    mutating func finish(_ outcome: Outcome, _ shared: inout Shared) {
        outcomes.append(outcome)
        shared.statistics.count(outcome)
    }
}
