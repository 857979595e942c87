import Estates

/// What a filing can lose when time goes by.
struct Stake {
    let state: DeadlineState
    let deadline: ClaimDeadline
    let warned: DeadlineWarning?
}

extension Partition {
    /// Looks at the deadlines of all filings, counts those that are near, and warns once for each mark that one has passed.
    /// It takes some milliseconds for a hundred thousand filings, and days are what counts, so it is done now and then
    /// instead of keeping an index in memory.
    ///
    /// A warning is told when it is noted; the next tick writes the note. A worker that dies in between, or one that does not know
    /// whether the tick was committed, is followed by one that warns again.
    mutating func watchDeadlines(_ shared: inout Shared) {
        guard stage == .active, shared.now.monotonic >= deadlinesAt else { return }
        deadlinesAt = shared.now.monotonic + shared.settings.deadlineInterval
        let now = shared.now.wall
        var found: [(identity: FilingIdentity, news: DeadlineNews)] = []
        nearDeadlines = [:]
        mayHaveDeadlines = false
        func look(_ identity: FilingIdentity, _ stake: Stake) {
            guard let warning = DeadlineWarning(stake.deadline, at: now) else { return }
            let news = DeadlineNews(stake.state, warning)
            if warning != .lapsed { nearDeadlines[news, default: 0] += 1 }
            if stake.warned.map({ $0 < warning }) ?? true { found.append((identity, news)) }
        }
        let patience = shared.settings.deadlinePatience
        for (identity, filing) in filings {
            if filing.deadline != nil || filing.filed?.finalDeadline != nil { mayHaveDeadlines = true }
            guard let stake = filing.stake(acceptedBefore: Timestamp(milliseconds: now.milliseconds - patience)) else {
                continue
            }
            look(identity, stake)
        }
        settled.visitFinalDeadlines { identity, watch in look(identity, Stake(preliminary: watch)) }
        // In an order that is the same in every process. If there are very many, the rest is told next time.
        found.sort { $0.identity.path < $1.identity.path }
        if found.count > shared.settings.sweepSize { deadlinesAt = shared.now.monotonic }
        for (identity, news) in found.prefix(shared.settings.sweepSize) { warn(identity, news, &shared) }
    }

    /// Somebody joins those who wait for a person.
    func noteDeadline(of waiter: Person.Waiter, for person: inout Person) {
        guard case .filing(let identity) = waiter, let deadline = filings[identity]?.pendingDeadline else { return }
        if person.deadline.map({ deadline.lastDay < $0.lastDay }) ?? true { person.deadline = deadline }
    }

    /// For the simulation.
    var filingsWaitingForACall: [(identity: FilingIdentity, estate: EstateID)] {
        filings.compactMap { identity, filing in
            guard let estate = filing.estate, filing.failures == 0, !filing.isFiled else { return nil }
            switch filing.phase {
            case .ready: return filing.committedVersion >= filing.intentVersion ? (identity, estate) : nil
            case .uncertainReady, .adoptReady: return (identity, estate)
            case .settled, .seeking, .adopting, .sending, .waitingForEstate, .waitingForSearch, .waitingToSend,
                .attachReady, .attaching, .waitingToAttach, .uncertain, .uncertainSeeking, .uncertainWithoutEstate,
                .lookingUp:
                return nil
            }
        }
    }

    private mutating func warn(_ identity: FilingIdentity, _ news: DeadlineNews, _ shared: inout Shared) {
        open(identity)
        let deadline: ClaimDeadline
        switch news.state {
        case .preliminary:
            guard let watch = filings[identity]?.filed?.finalDeadline else { return }
            deadline = ClaimDeadline(ofFinalClaimsAfter: watch.notice)
            filings[identity]?.filed?.finalDeadline?.warned = news.warning
        case .waiting, .deadLettered:
            guard let watch = filings[identity]?.deadline else { return }
            deadline = ClaimDeadline(ofClaimsAfter: watch.notice)
            filings[identity]?.deadline?.warned = news.warning
            // There is nothing to save any more, and nobody will ask.
            if news == DeadlineNews(.deadLettered, .lapsed) { filings[identity]?.deadline = nil }
        }
        touch(identity)
        shared.statistics.deadlineWarnings[news, default: 0] += 1
        shared.commands.append(.report(.deadlineNear(identity, news, deadline)))
    }
}

extension ClaimDeadline {
    /// When it is over, to be on the safe side, if it is to be kept in the next fourteen days.
    func urgency(at now: Timestamp) -> Timestamp? {
        switch DeadlineWarning(self, at: now) {
        case .fourteenDays, .sevenDays, .oneDay: safeEnd
        case .lapsed, nil: nil
        }
    }
}

extension Stake {
    init(preliminary watch: DeadlineWatch) {
        state = .preliminary
        deadline = ClaimDeadline(ofFinalClaimsAfter: watch.notice)
        warned = watch.warned
    }

    init(_ state: DeadlineState, _ watch: DeadlineWatch) {
        self.state = state
        deadline = ClaimDeadline(ofClaimsAfter: watch.notice)
        warned = watch.warned
    }
}

extension Filing {
    /// What it can lose; nil when nothing, or when it was taken in after that time: it will probably be filed in a moment.
    fileprivate func stake(acceptedBefore time: Timestamp) -> Stake? {
        if isFiled { return filed?.finalDeadline.map(Stake.init(preliminary:)) }
        guard let deadline else { return nil }
        guard let head = requests.first else { return Stake(.deadLettered, deadline) }
        return head.acceptedAt <= time ? Stake(.waiting, deadline) : nil
    }

    /// The deadline that its oldest request is to keep.
    var pendingDeadline: ClaimDeadline? {
        if isFiled { return (filed?.finalDeadline).map { ClaimDeadline(ofFinalClaimsAfter: $0.notice) } }
        return deadline.map { ClaimDeadline(ofClaimsAfter: $0.notice) }
    }

    /// Whether the portal has it, and it was not withdrawn.
    var isFiled: Bool { filed.map { !$0.isWithdrawn } ?? false }

    /// The estate of a claim was found, and says when its notice was, if there was one.
    mutating func learn(notice: CalendarDate?, at now: Timestamp) {
        guard !isFiled else { return }
        guard let notice, var watch = DeadlineWatch(notice: notice) else {
            deadline = nil
            return
        }
        watch.warned = deadline?.notice == notice ? deadline?.warned : nil
        // What came too late has lost nothing here.
        if deadline == nil, ClaimDeadline(ofClaimsAfter: notice).end <= now { watch.warned = .lapsed }
        deadline = watch
    }

    /// The oldest request has ended. Its deadline is still kept when it could not be submitted.
    mutating func endDeadline(_ settlement: Partition.Settlement, of action: FilingAction) {
        switch settlement {
        case .failure where action != .withdraw && !isFiled: if deadline?.warned == .lapsed { deadline = nil }
        case .taken, .reply, .cancelled, .failure: deadline = nil
        }
    }
}
