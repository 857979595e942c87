import Estates

extension Partition {
    /// How long the person has been dead, as far as those know who wait for the estate: the earliest that anybody says.
    func age(of person: Person, _ shared: Shared) -> EstateAge {
        var diedOn: CalendarDate?
        var acceptedAt = shared.now.wall
        for waiter in person.waiters {
            let said: CalendarDate?
            switch waiter {
            case .filing(let identity):
                guard let head = filings[identity]?.requests.first else { continue }
                said = filings[identity]?.newest?.request.diedOn
                acceptedAt = min(acceptedAt, head.acceptedAt)
            case .notification(let offset):
                guard let pending = notifications[offset] else { continue }
                said = pending.notification.diedOn
                acceptedAt = min(acceptedAt, pending.acceptedAt)
            }
            if let said { diedOn = min(diedOn ?? said, said) }
        }
        return EstateAge(diedOn: diedOn, acceptedAt: acceptedAt)
    }

    /// Lets everyone wait for the next search, for as long as it takes: no horizon counts, since it is not the portal that
    /// fails.
    mutating func hold(_ deceased: Deceased, _ person: Person, until at: Int64, _ shared: inout Shared) {
        for case .filing(let identity) in person.waiters {
            guard case .seeking = filings[identity]?.phase else { continue }
            filings[identity]?.nextAt = nil
            move(identity, to: .waitingForSearch, &shared)
            touch(identity)
        }
        persons[deceased]?.search = .scheduled(at: at)
        shared.timers.add(alarm(.person(deceased), at: at))
    }

    /// Lets everyone wait for the next search, but for those whose time is up.
    ///
    /// The ledger need not hear of each new time: what it has is good enough until it is as old as the longest wait, since
    /// a new owner spreads what seems overdue (`schedule`). And it is enough when one of those who wait has it.
    ///
    /// - Parameter verdict: from when the waiter began to wait (for the estate, or for the portal to work again) to why
    ///   it waits no longer. A filing that is in doubt is not given up because the search failed for good: that may be
    ///   mended, and it is worth waiting for a look-up. It is when there is no estate to look it up in.
    mutating func keepWaiting(
        _ deceased: Deceased, _ person: Person, until at: Int64, for phase: Phase, _ shared: inout Shared,
        unless verdict: (_ since: Timestamp, _ now: Timestamp, EngineSettings) -> Failure?
    ) {
        let now = shared.now.wall
        let nextAt = shared.wall(at: at)
        let isFailing = phase == .waitingForSearch
        let tooOld = Timestamp(milliseconds: now.milliseconds - shared.settings.estateWait.upperBound)
        var isPlanKnown = false
        /// Whether the ledger must be told of the plan, by one whose last search was in vain too.
        func isNews(_ plannedAt: Timestamp?) -> Bool {
            guard let plannedAt else { return true }
            defer { isPlanKnown = true }
            return !isPlanKnown && plannedAt <= tooOld
        }
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
                        staying.append(waiter)
                        if filing.phase == .waitingForEstate, !isFailing, filing.failingSince == nil,
                            !isNews(filing.nextAt)
                        {
                            shared.statistics.count(.scheduleKept)
                            move(identity, to: phase, &shared)
                            continue
                        }
                        if !isFailing { filings[identity]?.failingSince = nil }
                        filings[identity]?.nextAt = nextAt
                        move(identity, to: phase, &shared)
                        touch(identity)
                    }
                case .settled, .ready, .adoptReady, .adopting, .sending, .waitingToSend, .attachReady, .attaching,
                    .waitingToAttach, .uncertain, .uncertainReady, .lookingUp:
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
                    staying.append(waiter)
                    notifications[offset]?.attempts += 1
                    if !isFailing { notifications[offset]?.failingSince = nil }
                    if pending.isScheduled, !isFailing, pending.failingSince == nil, !isNews(pending.plannedAt) {
                        shared.statistics.count(.scheduleKept)
                        continue
                    }
                    if !pending.isScheduled { freshNotifications -= 1 }
                    notifications[offset]?.plannedAt = nextAt
                    records.append(
                        .notification(
                            NotificationEntry(
                                offset: offset, acceptedAt: pending.acceptedAt, attempts: pending.attempts + 1,
                                nextAt: nextAt)))
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
