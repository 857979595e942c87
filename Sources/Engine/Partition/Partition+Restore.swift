import Estates

extension FilingEntry {
    /// As a shadow reads its own ledger: what might have been sent was not, so there is nothing to look up.
    fileprivate var surelyNotSent: FilingEntry {
        var entry = self
        switch state {
        case .settled, .waiting: break
        case .sending, .attaching, .uncertain: entry.state = requests.isEmpty ? .settled : .waiting
        }
        entry.lease = nil
        return entry
    }
}

extension Partition {
    /// Takes over what the ledger says, and goes on from there.
    mutating func restore(_ restored: RestoredPartition, _ shared: inout Shared) {
        stage = .active
        positions = restored.positions
        settled = restored.settled
        restoreFollowing(restored, &shared)
        restoreRenumberings(restored)
        var planned = PlannedSearches()
        for entry in restored.unsettledInOrder { restore(entry, restored.requests, &planned, &shared) }
        let schedules = Dictionary(restored.notifications.map { ($0.offset, $0) }) { first, _ in first }
        // In order, so that the same ledger always leads to the same run.
        for (source, pending) in restored.requests.sorted(by: { $0.key.offset < $1.key.offset })
        where source.topic == .deathNotifications && schedules[source.offset]?.isAnswered != true {
            restore(pending, schedule: schedules[source.offset], &planned, &shared)
        }
        schedule(planned, &shared)
    }

    private mutating func restore(
        _ written: FilingEntry, _ contents: [Source: PendingRecord], _ planned: inout PlannedSearches,
        _ shared: inout Shared
    ) {
        let entry = shared.settings.mode == .shadow ? written.surelyNotSent : written
        var filing = Filing()
        filing.isWritten = true
        filing.filed = entry.filed
        filing.missing = entry.missing
        filing.doubt = entry.doubt
        filing.givenUpFor = entry.givenUpFor
        filing.wasEverInDoubt = entry.wasEverInDoubt
        filing.estate = entry.estate
        filing.deadline = entry.deadline
        if entry.deadline != nil || entry.filed?.finalDeadline != nil { mayHaveDeadlines = true }
        filing.attempts = entry.attempts
        filing.failingSince = entry.failingSince
        filing.failures = shared.failures(since: entry.failingSince)
        filing.nextAt = entry.nextAt
        var isChanged = false
        var isWhole = true
        for (place, queued) in entry.requests.enumerated() {
            let source = Source(topic: .claimRequests, partition: number, offset: queued.offset)
            switch (contents[source]?.parsed, contents[source]?.record) {
            case (.request(let request)?, let record?):
                filing.requests.append(
                    PendingRequest(
                        record: record, request: request, acceptedAt: queued.acceptedAt, isStored: true,
                        isCancelled: queued.isCancelled))
            case (.rejected(let failure)?, let record?):
                // If others were to go out with it, or it with them, they do so one by one.
                isWhole = false
                filing.givenUpFor = record.person
                // A newer version of the worker is stricter than the one that took it in. If it may have been sent,
                // whatever comes next for the filing is looked up first.
                if place <= entry.joined, filing.missing != nil {
                    // The filing itself is known, and that some of its attachments are not there.
                    filing.missing = nil
                    filing.doubt = filing.filed?.digest
                } else if place <= entry.joined, entry.state == .sending || entry.state == .uncertain {
                    filing.doubt = filing.doubt ?? .unknown
                }
                isChanged = true
                deadLetter(record, failure, attempts: queued == entry.requests.first ? entry.attempts : 0, &shared)
                records.append(.forgetRequest(source))
            case (.notification?, _), (.erasure?, _), (nil, _), (_, nil):
                shared.commands.append(.report(.contentsMissing(partition: number, offset: queued.offset)))
            }
        }
        filing.joined = isWhole ? min(entry.joined, max(0, filing.requests.count - 1)) : 0
        let newest = filing.newest
        add(filing, as: entry.identity)
        if isChanged { touch(entry.identity) }
        guard let newest else { return }
        switch entry.state {
        case .settled:
            begin(entry.identity, &shared)
        case .waiting where !isWhole:
            // Another request is the oldest now: it may need no call.
            begin(entry.identity, &shared)
        case .waiting where filings[entry.identity]?.missing != nil:
            let at = entry.nextAt.map { shared.monotonic(at: $0) } ?? shared.now.monotonic
            move(entry.identity, to: .waitingToAttach(at: at), &shared)
            shared.timers.add(alarm(.filing(entry.identity), at: at))
        case .waiting:
            // When nobody knew yet that the estate is not there, somebody may have filed in it.
            let isEstateMissing = entry.nextAt != nil && entry.failingSince == nil
            let phase: Phase =
                !isEstateMissing && mustLookFirst(entry.identity, shared) ? .waitingForSearch : .waitingForEstate
            move(entry.identity, to: phase, &shared)
            if endCancelled(entry.identity, &shared) { return }
            let isFailing = entry.failingSince != nil
            wait(
                newest.request.deceased, for: .filing(entry.identity), until: entry.nextAt, isFailing: isFailing,
                &planned, &shared)
            persons[newest.request.deceased]?.goOn(
                failures: shared.failures(since: entry.failingSince),
                misses: entry.failingSince == nil ? shared.misses(since: newest.acceptedAt) : 0)
            if combine(entry.identity, &shared) { begin(entry.identity, &shared) }
        case .sending, .attaching, .uncertain:
            filings[entry.identity]?.inheritedLease = entry.lease
            // The owner before us may still have a call running, for as long as its lease lasts. It began before we
            // read the intent, so a whole lease from now is enough, whatever the two machines' clocks say.
            doubt(
                entry.identity, until: shared.now.monotonic + (entry.lease ?? shared.settings.lease), &shared)
        }
    }

    private mutating func restore(
        _ pending: PendingRecord, schedule: NotificationEntry?, _ planned: inout PlannedSearches,
        _ shared: inout Shared
    ) {
        guard case .notification(let notification) = pending.parsed else { return }
        let offset = pending.record.source.offset
        notifications[offset] = PendingNotification(
            record: pending.record, notification: notification,
            acceptedAt: schedule?.acceptedAt ?? shared.now.wall, attempts: schedule?.attempts ?? 0,
            plannedAt: schedule?.nextAt)
        if schedule == nil { freshNotifications += 1 }
        wait(
            notification.deceased, for: .notification(offset), until: schedule?.nextAt, isFailing: false, &planned,
            &shared)
        if let schedule { persons[notification.deceased]?.goOn(misses: shared.misses(since: schedule.acceptedAt)) }
    }
}
