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

    /// Ends the oldest request, and those that went out with it, with their one terminal result; begins the next.
    mutating func settle(_ identity: FilingIdentity, as settlement: Settlement, _ shared: inout Shared) {
        end(identity, as: settlement, &shared)
        begin(identity, &shared)
    }

    /// Ends the oldest request, and those that went out with it, with their one terminal result.
    mutating func end(_ identity: FilingIdentity, as settlement: Settlement, _ shared: inout Shared) {
        guard let filing = filings[identity], let head = filing.requests.first else { return }
        let members = (0...filing.joined).compactMap { filing.requests[$0] }
        if case .taken(let filed) = settlement { filings[identity]?.filed = filed }
        if case .cancelled = settlement, head.request.action == .submit, filing.doubt == nil {
            // It is remembered, so that a repetition is answered in the same way.
            filings[identity]?.filed = filing.filed ?? Filed(cancelled: head, at: shared.now.wall)
        }
        var digest = head.request.digest
        for (index, member) in members.enumerated() {
            switch settlement {
            case .taken(let filed):
                let isRepeated = index > 0 && member.request.digest == digest
                let outcome = isRepeated ? .alreadyFiled : outcome(of: member.request.action)
                reply(member, outcome, filed, attempts: filing.attempts, &shared)
            case .reply(let outcome, let filed):
                reply(member, outcome, filed, attempts: filing.attempts, &shared)
            case .failure(let failure):
                let filed = filing.missing == nil ? nil : filing.filed
                deadLetter(member.record, failure, attempts: filing.attempts, filed: filed, &shared)
                filings[identity]?.givenUpFor = member.record.person
            case .cancelled:
                reply(member, .cancelled, filing.filed, attempts: filing.attempts, &shared)
                shared.statistics.count(.requestCancelled)
            }
            digest = member.request.digest
            if member.isStored { records.append(.forgetRequest(member.record.source)) }
        }
        filings[identity]?.endDeadline(settlement, of: head.request.action)
        let since = failingSince(filing, settlement, ended: members.count)
        filings[identity]?.endOldest(members.count, failingSince: since)
        for member in members { release(member.request.deceased) }
        move(identity, to: .settled, &shared)
        // What was answered from the state alone has not changed it, unless a deadline is of no more interest.
        if case .reply = settlement, !head.isStored, filings[identity]?.deadline == filing.deadline {
        } else {
            touch(identity)
        }
    }

    /// The next request of a filing has waited as long as the first while the portal failed, so it is not given all of
    /// that time again: ten requests would be ten horizons late. The row of failures ends when the portal answers a call.
    private func failingSince(_ filing: Filing, _ settlement: Settlement, ended: Int) -> Timestamp? {
        guard let since = filing.failingSince, let next = filing.requests[ended] else { return nil }
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
                    record: pending.record, request: pending.request,
                    outcome: filed?.isRehearsed == true ? outcome.rehearsed : outcome,
                    filed: filed.flatMap { $0.isCancelled ? nil : $0 },
                    notice: filings[pending.request.identity]?.deadline?.notice ?? filed?.finalDeadline?.notice,
                    attempts: attempts,
                    settledAt: shared.now.wall)),
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
        release(pending.notification.deceased)
        if !pending.isScheduled { freshNotifications -= 1 }
        if isStillNeeded(pending.notification, by: offset) {
            records.append(
                .notification(
                    NotificationEntry(
                        offset: offset, acceptedAt: pending.acceptedAt, attempts: pending.attempts,
                        nextAt: shared.now.wall, isAnswered: true)))
        } else {
            if pending.isScheduled { records.append(.forgetNotification(offset: offset)) }
            records.append(.forgetRequest(pending.record.source))
        }
        finish(outcome, &shared)
    }

    mutating func finish(_ outcome: Outcome, _ shared: inout Shared) {
        outcomes.append(outcome)
        shared.statistics.count(outcome)
    }
}
