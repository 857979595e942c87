import Estates

extension Partition {
    /// Writes down that the oldest request may be sent from now on. The call itself waits for that to be committed.
    ///
    /// - Parameter estate: where to, when it is known; otherwise it is sought while the intent is being committed.
    mutating func propose(_ identity: FilingIdentity, estate: EstateID?, _ shared: inout Shared) {
        guard let newest = filings[identity]?.newest, !endCancelled(identity, &shared) else { return }
        if stage == .draining {
            // The next owner begins it; it was surely not sent.
            filings[identity]?.nextAt = nil
            move(identity, to: .waitingForEstate, &shared)
            touch(identity)
            return
        }
        if mustLookFirst(identity, shared) {
            lookFirst(identity, estate: estate, &shared)
            return
        }
        let leaseEnd = shared.now.monotonic + shared.settings.lease
        let isFirst = filings[identity]?.phase == .settled
        filings[identity]?.estate = estate
        filings[identity]?.nextAt = nil
        filings[identity]?.inheritedLease = nil
        move(identity, to: estate == nil ? .seeking(leaseEnd: leaseEnd) : .ready(leaseEnd: leaseEnd), &shared)
        touch(identity)
        filings[identity]?.noteIntent()
        guard estate == nil else { return }
        if isFirst {
            seekFirst(newest.request.deceased, for: identity, &shared)
        } else {
            seek(newest.request.deceased, for: .filing(identity), &shared)
        }
    }

    /// Queues the call of a filing whose estate is known, if its intent is in the ledger; else the commit does it.
    mutating func sendWhenCommitted(_ identity: FilingIdentity, _ shared: inout Shared) {
        guard let filing = filings[identity], filing.committedVersion >= filing.intentVersion else { return }
        switch filing.phase {
        case .ready, .attachReady:
            shared.calls.enqueue(caller(.filing(identity), at: shared.now.wall))
        case .settled, .seeking, .adoptReady, .adopting, .sending, .waitingForEstate, .waitingForSearch,
            .waitingToSend, .attaching, .waitingToAttach, .uncertain, .uncertainSeeking, .uncertainWithoutEstate,
            .uncertainReady, .lookingUp:
            break
        }
    }

    /// A call is free: makes the changing call or the look-up that the filing waits for, unless it has moved on.
    mutating func startCall(_ identity: FilingIdentity, _ shared: inout Shared) {
        guard stage == .active, let filing = filings[identity] else { return }
        switch filing.phase {
        case .ready(let leaseEnd):
            startChange(identity, filing, leaseEnd: leaseEnd, &shared)
        case .attachReady(let leaseEnd):
            startUpload(identity, filing, leaseEnd: leaseEnd, &shared)
        case .uncertainReady:
            startLookUp(identity, filing, in: Phase.lookingUp, &shared)
        case .adoptReady:
            startLookUp(identity, filing, in: Phase.adopting, &shared)
        case .settled, .seeking, .adopting, .sending, .waitingForEstate, .waitingForSearch, .waitingToSend, .attaching,
            .waitingToAttach, .uncertain, .uncertainSeeking, .uncertainWithoutEstate, .lookingUp:
            break
        }
    }

    private mutating func startChange(
        _ identity: FilingIdentity, _ filing: Filing, leaseEnd: Int64, _ shared: inout Shared
    ) {
        guard let estate = filing.estate, filing.committedVersion >= filing.intentVersion,
            let change = change(filing, estate)
        else { return }
        let now = shared.now.monotonic
        // A call that has little of its time left is not worth starting: it gets a new intent instead.
        let latest = leaseEnd - shared.settings.portalGrace
        guard latest - now >= shared.settings.shortestCall else {
            shared.keepNextCall()
            propose(identity, estate: estate, &shared)
            return
        }
        let ticket = shared.open(caller(.filing(identity), at: shared.now.wall), .change)
        filings[identity]?.attempts += 1
        move(identity, to: .sending(ticket, leaseEnd: leaseEnd), &shared)
        shared.start(ticket, change, deadline: min(latest, now + shared.settings.callTimeout))
    }

    /// The idempotency key is made of identity, action and revision, and a revision is told by its number and by the
    /// offset of the request whose contents it has. So the key is the same on every try by any worker, and another one for
    /// the next revision. Without the offset, a request that corrects a refused one, or one that joined another which
    /// was tried in vain, would come with the same key and other contents, which portals that know such keys refuse or
    /// answer from memory.
    private func change(_ filing: Filing, _ estate: EstateID) -> PortalCall? {
        guard let head = filing.requests.first, let newest = filing.newest else { return nil }
        let action = head.request.action
        let identity = head.request.identity
        let revision = (filing.filed?.revision ?? 0) + 1
        let key = "\(action.rawValue)/\(revision)/\(newest.record.source.offset)/\(identity.path)"
        switch (action, newest.request.contents, filing.filed) {
        case (.submit, let contents?, _):
            return .submit(estate, identity, contents, idempotencyKey: key)
        case (.amend, let contents?, let filed?):
            return .amend(estate, filed.filing, identity, contents, idempotencyKey: key)
        case (.withdraw, _, let filed?):
            return .withdraw(estate, filed.filing, identity, idempotencyKey: key)
        case (.submit, nil, _), (.amend, _, _), (.withdraw, _, nil):
            preconditionFailure("a request without contents, or a change of what is not filed, was let through")
        }
    }

    mutating func changeEnded(
        _ identity: FilingIdentity, leaseEnd: Int64, _ result: Result<PortalAnswer, CallFailure>,
        _ shared: inout Shared
    ) {
        guard let filing = filings[identity], let head = filing.requests.first, let estate = filing.estate else {
            return
        }
        switch result {
        case .success(.receipt(let id, let receipt)):
            let filed = filing.filed(in: estate, as: id, receipt, at: shared.now.wall)
            // Nothing can be attached to a filing before it is there.
            taken(identity, filed, attached: head.request.action == .submit ? [] : nil, &shared)
        case .success(.rehearsed):
            // As good as taken, with all of its attachments: nothing of them is sent either.
            settle(identity, as: .taken(filing.rehearsed(in: estate, at: shared.now.wall)), &shared)
        case .success(.estates), .success(.filings), .success(.attached), .success(.changedEstates):
            preconditionFailure("a changing call was answered with something else")
        case .failure(let failure) where failure.cause.mayHaveTakenEffect:
            shared.statistics.answersLost += 1
            shared.commands.append(.report(.answerLost(identity, failure.cause)))
            doubt(identity, until: leaseEnd, &shared)
        case .failure(let failure):
            changeFailed(identity, failure, filing, head.request, &shared)
        }
    }

    /// The call surely had no effect.
    mutating func changeFailed(
        _ identity: FilingIdentity, _ failure: CallFailure, _ filing: Filing, _ request: ClaimRequest,
        _ shared: inout Shared
    ) {
        let status = failure.cause.status
        func refuse(_ reason: FailureReason, _ message: String) {
            let failure = Failure(reason, stage: .send, message: message, status: status)
            settle(identity, as: .failure(failure), &shared)
        }
        let oddAnswers = failure.isOdd ? filing.oddAnswers + 1 : 0
        filings[identity]?.oddAnswers = oddAnswers
        switch failure.verdict(afterOddAnswers: oddAnswers, shared.settings) {
        case .retry, .oddAnswer, .refused:
            tryAgain(identity, failure.cause, &shared)
        case .seekAgain:
            filings[identity]?.estate = nil
            tryAgain(identity, failure.cause, &shared)
        case .hold:
            retreat(identity, &shared)
        case .alreadyThere where filing.wasInDoubt:
            // Perhaps an earlier try of ours arrived after the look-up. One more look-up tells; if the portal then says
            // once more what the look-up denies, asking again would go on for ever.
            filings[identity]?.wasInDoubt = false
            lookUpSoon(identity, &shared)
        case .alreadyThere:
            refuse(.conflictingReference, "the portal has this reference with other contents")
        case .gone:
            if request.action == .withdraw, var filed = filing.filed {
                filed.isWithdrawn = true
                filed.revision += 1
                filed.settledAt = shared.now.wall
                settle(identity, as: .taken(filed), &shared)
            } else {
                refuse(.estateClosed, "the portal says that the estate or the filing is gone")
            }
        case .deadLetter(let reason, let message):
            refuse(reason, message)
        }
    }

    /// The request was surely not sent, and cannot be now: its person's estate is sought anew, since a search is what the
    /// gate is probed with. When that is found, the request gets a new intent.
    mutating func retreat(_ identity: FilingIdentity, _ shared: inout Shared) {
        if endCancelled(identity, &shared) { return }
        filings[identity]?.nextAt = nil
        move(identity, to: .waitingForSearch, &shared)
        touch(identity)
        if stage == .active, combine(identity, &shared) {
            begin(identity, &shared)
            return
        }
        guard filings[identity]?.phase == .waitingForSearch, let deceased = filings[identity]?.newest?.request.deceased
        else { return }
        if stage == .active { seek(deceased, for: .filing(identity), &shared) }
    }

    /// The gate is closed and may be probed: a look-up does, and a change makes room for a search.
    mutating func probe(with identity: FilingIdentity, _ shared: inout Shared) {
        guard stage == .active, let filing = filings[identity] else { return }
        switch filing.phase {
        case .ready: retreat(identity, &shared)
        case .attachReady: lookUpSoon(identity, &shared)
        case .uncertainReady: startLookUp(identity, filing, in: Phase.lookingUp, &shared)
        case .adoptReady: startLookUp(identity, filing, in: Phase.adopting, &shared)
        case .settled, .seeking, .adopting, .sending, .waitingForEstate, .waitingForSearch, .waitingToSend, .attaching,
            .waitingToAttach, .uncertain, .uncertainSeeking, .uncertainWithoutEstate, .lookingUp:
            break
        }
    }

    /// Plans the next try of a request that was surely not sent, or gives it up when the portal failed for too long.
    private mutating func tryAgain(_ identity: FilingIdentity, _ failure: PortalFailure, _ shared: inout Shared) {
        guard let filing = filings[identity], !endCancelled(identity, &shared) else { return }
        let since = filing.failingSince ?? shared.now.wall
        if shared.now.wall.milliseconds - since.milliseconds >= shared.settings.retryHorizon {
            let message = "the portal has kept failing for as long as it is retried"
            settle(
                identity,
                as: .failure(Failure(.portalUnavailable, stage: .send, message: message, status: failure.status)),
                &shared)
            return
        }
        let at =
            shared.now.monotonic
            + shared.backoff(
                failures: filing.failures + 1, in: shared.settings.retryBackoff, atLeast: failure.retryAfter)
        filings[identity]?.failures += 1
        filings[identity]?.failingSince = since
        filings[identity]?.nextAt = shared.wall(at: at)
        move(identity, to: .waitingToSend(at: at), &shared)
        touch(identity)
        shared.timers.add(alarm(.filing(identity), at: at))
        if stage == .active, combine(identity, &shared) { begin(identity, &shared) }
    }

    mutating func filingDue(_ identity: FilingIdentity, at: Int64, _ shared: inout Shared) {
        guard stage == .active, let filing = filings[identity] else { return }
        switch filing.phase {
        case .waitingToSend(at) where shared.gate.isClosed: retreat(identity, &shared)
        case .waitingToSend(at): propose(identity, estate: filing.estate, &shared)
        case .uncertain(at), .waitingToAttach(at): lookUpSoon(identity, &shared)
        case .settled, .seeking, .ready, .adoptReady, .adopting, .sending, .waitingForEstate, .waitingForSearch,
            .waitingToSend, .attachReady,
            .attaching, .waitingToAttach, .uncertain, .uncertainSeeking, .uncertainWithoutEstate, .uncertainReady,
            .lookingUp:
            break
        }
    }
}
