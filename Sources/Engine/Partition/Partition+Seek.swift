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

    /// Lets a filing whose first search is due share the last one of its person, if that ended a moment ago; else the
    /// estate is sought. Notifications and all that has gone wrong before are given a search of their own.
    mutating func seekFirst(_ named: Deceased, for identity: FilingIdentity, _ shared: inout Shared) {
        let deceased = current(named)
        let now = shared.now.monotonic
        if let estate = shared.recentEstates.estate(of: deceased, at: now) {
            shared.statistics.count(.searchSpared)
            estateFound(estate, for: identity, &shared)
        } else if let person = persons[deceased], case .scheduled(let at) = person.search, person.failures == 0,
            let missedAt = person.missedAt, now - missedAt < shared.settings.searchMemory
        {
            shared.statistics.count(.searchSpared)
            persons[deceased]?.waiters.append(.filing(identity))
            filings[identity]?.nextAt = shared.wall(at: at)
            move(identity, to: .waitingForEstate, &shared)
        } else {
            seek(named, for: .filing(identity), &shared)
        }
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
        shared.recentEstates.remember(estate, of: deceased, at: shared.now.monotonic)
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
        beginFollowing(estate, for: identity, &shared)
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
        persons[deceased]?.missedAt = shared.now.monotonic
        let at = shared.now.monotonic + shared.estateWait(misses: misses, age(of: person, shared))
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
        let at = shared.now.monotonic + shared.estateWait(misses: 1, age(of: person, shared))
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
        case .retry, .oddAnswer, .seekAgain, .alreadyThere, .gone, .refused:
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

    private mutating func noteFailing(_ waiter: Person.Waiter, _ now: Timestamp) {
        switch waiter {
        case .filing(let identity):
            if filings[identity]?.failingSince == nil { filings[identity]?.failingSince = now }
        case .notification(let offset):
            if notifications[offset]?.failingSince == nil { notifications[offset]?.failingSince = now }
        }
    }
}
