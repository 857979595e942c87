import Estates

extension Partition {
    /// Puts someone among those who wait for the person's estate, and searches at once unless a search is under way.
    mutating func seek(_ named: Deceased, for waiter: Person.Waiter, _ shared: inout Shared) {
        let deceased = current(named)
        var person = persons[deceased] ?? Person()
        if !person.waiters.contains(waiter) { person.waiters.append(waiter) }
        noteDeadline(of: waiter, for: &person)
        persons[deceased] = person
        searchSoon(deceased, &shared)
    }

    private mutating func searchSoon(_ deceased: Deceased, _ shared: inout Shared) {
        switch persons[deceased]?.search {
        case .idle, .scheduled:
            persons[deceased]?.search = .queued
            shared.calls.enqueue(caller(.person(deceased), at: shared.now.wall))
        case .queued, .underWay, nil:
            break
        }
    }

    /// A call is free: searches, unless the person needs it no more.
    mutating func startSearch(_ deceased: Deceased, _ shared: inout Shared) {
        guard stage == .active, persons[deceased]?.search == .queued else { return }
        let caller = caller(.person(deceased), at: shared.now.wall)
        let ticket = shared.open(caller, .search)
        persons[deceased]?.search = .underWay(ticket)
        shared.start(ticket, .search(deceased), deadline: shared.now.monotonic + shared.settings.callTimeout)
    }

    mutating func personDue(_ deceased: Deceased, at: Int64, _ shared: inout Shared) {
        guard stage == .active, persons[deceased]?.search == .scheduled(at: at) else { return }
        searchSoon(deceased, &shared)
    }

    mutating func searchEnded(
        _ deceased: Deceased, _ result: Result<PortalAnswer, CallFailure>, _ shared: inout Shared
    ) {
        guard let person = persons[deceased] else { return }
        persons[deceased]?.search = .idle
        switch result {
        case .success(.estates(let estates)):
            persons[deceased]?.failures = 0
            persons[deceased]?.oddAnswers = 0
            switch estates.count {
            case 0: estateMissing(deceased, person, &shared)
            case 1: estateFound(deceased, estates[0], person, &shared)
            default: estateAmbiguous(deceased, count: estates.count, person, &shared)
            }
        case .success(.filings), .success(.receipt), .success(.attached), .success(.changedEstates),
            .success(.rehearsed):
            preconditionFailure("a search was answered with something else")
        case .failure(let failure):
            searchFailed(deceased, failure, person, &shared)
        }
    }

    private mutating func estateFound(
        _ deceased: Deceased, _ estate: Estate, _ person: Person, _ shared: inout Shared
    ) {
        persons[deceased] = nil
        for waiter in person.waiters {
            switch waiter {
            case .filing(let identity): estateFound(estate, for: identity, &shared)
            case .notification(let offset):
                guard let pending = notifications[offset] else { continue }
                let reply = EstateReply(
                    record: pending.record, notification: pending.notification, outcome: .estateFound(estate),
                    settledAt: shared.now.wall)
                finishNotification(offset, .estateReply(reply), &shared)
            }
        }
    }

    private mutating func estateFound(_ estate: Estate, for identity: FilingIdentity, _ shared: inout Shared) {
        guard let phase = filings[identity]?.phase else { return }
        filings[identity]?.estate = estate.id
        if identity.kind == .claim {
            filings[identity]?.learn(notice: estate.noticeDate, at: shared.now.wall)
            if filings[identity]?.deadline != nil { mayHaveDeadlines = true }
        }
        // Only the search has failed so far. After a call, it is that call's failures which count: an estate that is
        // found and then not known to the portal, again and again, must come to an end.
        if filings[identity]?.attempts == 0, phase == .waitingForSearch, !mustLookFirst(identity, shared) {
            filings[identity]?.failingSince = nil
            filings[identity]?.failures = 0
        }
        switch phase {
        case .seeking(let leaseEnd):
            move(identity, to: .ready(leaseEnd: leaseEnd), &shared)
            sendWhenCommitted(identity, &shared)
        case .waitingForEstate, .waitingForSearch:
            propose(identity, estate: estate.id, &shared)
        case .uncertainSeeking, .uncertainWithoutEstate:
            move(identity, to: .uncertainReady, &shared)
            shared.calls.enqueue(caller(.filing(identity), at: shared.now.wall))
        case .settled, .ready, .adoptReady, .adopting, .sending, .waitingToSend, .attachReady, .attaching,
            .waitingToAttach, .uncertain, .uncertainReady, .lookingUp:
            break
        }
    }

    private mutating func estateMissing(_ deceased: Deceased, _ person: Person, _ shared: inout Shared) {
        let misses = person.misses + 1
        persons[deceased]?.misses = misses
        let at = shared.now.monotonic + shared.estateWait(misses: misses)
        let failure = Failure(
            .estateNotFound, stage: .estate, message: "no estate appeared within the time that is waited for one")
        keepWaiting(deceased, person, until: at, for: .waitingForEstate, &shared) { acceptedAt, now, settings in
            now.milliseconds - acceptedAt.milliseconds >= settings.estateWaitHorizon ? failure : nil
        }
    }

    private mutating func estateAmbiguous(
        _ deceased: Deceased, count: Int, _ person: Person, _ shared: inout Shared
    ) {
        let failure = Failure(
            .estateAmbiguous, stage: .estate,
            message: "the search found \(count) estates, and none is ever chosen for you")
        let at = shared.now.monotonic + shared.estateWait(misses: 1)
        keepWaiting(deceased, person, until: at, for: .waitingForEstate, &shared) { _, _, _ in failure }
    }

    private mutating func searchFailed(
        _ deceased: Deceased, _ failure: CallFailure, _ person: Person, _ shared: inout Shared
    ) {
        let failures = person.failures + 1
        let oddAnswers = failure.isOdd ? person.oddAnswers + 1 : 0
        persons[deceased]?.failures = failures
        persons[deceased]?.oddAnswers = oddAnswers
        let at =
            shared.now.monotonic
            + shared.backoff(failures: failures, in: shared.retryBackoff, atLeast: failure.cause.retryAfter)
        let status = failure.cause.status
        let final: Failure?
        switch failure.verdict(afterOddAnswers: oddAnswers, shared.settings) {
        case .deadLetter(let reason, let message):
            final = Failure(reason, stage: .estate, message: message, status: status)
        case .hold:
            hold(deceased, person, until: at, &shared)
            return
        case .retry, .oddAnswer, .seekAgain, .alreadyThere, .gone:
            final = nil
        }
        for waiter in person.waiters { noteFailing(waiter, shared.now.wall) }
        keepWaiting(deceased, person, until: at, for: .waitingForSearch, &shared) { failingSince, now, settings in
            if let final { return final }
            guard now.milliseconds - failingSince.milliseconds >= settings.retryHorizon else { return nil }
            return Failure(
                .portalUnavailable, stage: .estate, message: "the search has kept failing for as long as it is retried",
                status: status)
        }
    }

    /// Lets everyone wait for the next search, for as long as it takes: no horizon counts, since it is not the portal that
    /// fails.
    private mutating func hold(_ deceased: Deceased, _ person: Person, until at: Int64, _ shared: inout Shared) {
        for case .filing(let identity) in person.waiters {
            guard case .seeking = filings[identity]?.phase else { continue }
            filings[identity]?.nextAt = nil
            move(identity, to: .waitingForSearch, &shared)
            touch(identity)
        }
        persons[deceased]?.search = .scheduled(at: at)
        shared.timers.add(alarm(.person(deceased), at: at))
    }

    private mutating func noteFailing(_ waiter: Person.Waiter, _ now: Timestamp) {
        switch waiter {
        case .filing(let identity):
            if filings[identity]?.failingSince == nil { filings[identity]?.failingSince = now }
        case .notification(let offset):
            if notifications[offset]?.failingSince == nil { notifications[offset]?.failingSince = now }
        }
    }

    /// Lets everyone wait for the next search, but for those whose time is up.
    ///
    /// - Parameter verdict: from when the waiter began to wait (for the estate, or for the portal to work again) to why
    ///   it waits no longer. A filing that is in doubt is not given up because the search failed for good: that may be
    ///   mended, and it is worth waiting for a look-up. It is when there is no estate to look it up in.
    private mutating func keepWaiting(
        _ deceased: Deceased, _ person: Person, until at: Int64, for phase: Phase, _ shared: inout Shared,
        unless verdict: (_ since: Timestamp, _ now: Timestamp, EngineSettings) -> Failure?
    ) {
        let now = shared.now.wall
        let nextAt = shared.wall(at: at)
        let isFailing = phase == .waitingForSearch
        var staying: [Person.Waiter] = []
        persons[deceased]?.waiters = []
        for waiter in person.waiters {
            switch waiter {
            case .filing(let identity):
                guard let filing = filings[identity], let head = filing.requests.first else { continue }
                switch filing.phase {
                case .uncertainSeeking, .uncertainWithoutEstate:
                    if let failure = isFailing
                        ? unavailable(filing.failingSince ?? now, now, shared.settings)
                        : verdict(head.acceptedAt, now, shared.settings)
                    {
                        giveUpInDoubt(identity, failure, &shared)
                    } else {
                        filings[identity]?.failingSince = isFailing ? filing.failingSince ?? now : nil
                        if !isFailing { move(identity, to: .uncertainWithoutEstate, &shared) }
                        staying.append(waiter)
                    }
                case .seeking, .waitingForEstate, .waitingForSearch:
                    let since = isFailing ? filing.failingSince ?? now : head.acceptedAt
                    if let failure = verdict(since, now, shared.settings) {
                        settle(identity, as: .failure(failure), &shared)
                    } else {
                        if !isFailing { filings[identity]?.failingSince = nil }
                        filings[identity]?.nextAt = nextAt
                        move(identity, to: phase, &shared)
                        touch(identity)
                        staying.append(waiter)
                    }
                case .settled, .ready, .adoptReady, .adopting, .sending, .waitingToSend, .attachReady, .attaching,
                    .waitingToAttach,
                    .uncertain, .uncertainReady, .lookingUp:
                    break
                }
            case .notification(let offset):
                guard let pending = notifications[offset] else { continue }
                let since = isFailing ? pending.failingSince ?? now : pending.acceptedAt
                if let failure = verdict(since, now, shared.settings) {
                    let letter = DeadLetter(
                        record: pending.record, failure: failure, at: now, attempts: pending.attempts)
                    finishNotification(offset, .deadLetter(letter), &shared)
                } else {
                    notifications[offset]?.attempts += 1
                    if !isFailing { notifications[offset]?.failingSince = nil }
                    if !pending.isScheduled { freshNotifications -= 1 }
                    notifications[offset]?.isScheduled = true
                    records.append(
                        .notification(
                            NotificationEntry(
                                offset: offset, acceptedAt: pending.acceptedAt, attempts: pending.attempts + 1,
                                nextAt: nextAt)))
                    staying.append(waiter)
                }
            }
        }
        // Settling one may have begun the next request of its filing, which seeks the same person again and is served
        // by the search that is queued now.
        persons[deceased]?.waiters.insert(contentsOf: staying, at: 0)
        guard persons[deceased]?.search == .idle else { return }
        if staying.isEmpty {
            persons[deceased] = nil
        } else {
            persons[deceased]?.search = .scheduled(at: at)
            shared.timers.add(alarm(.person(deceased), at: at))
        }
    }

    private func unavailable(_ since: Timestamp, _ now: Timestamp, _ settings: EngineSettings) -> Failure? {
        guard now.milliseconds - since.milliseconds >= settings.retryHorizon else { return nil }
        return Failure(
            .portalUnavailable, stage: .estate, message: "the search has kept failing for as long as it is retried")
    }
}
