import Estates

extension Partition {
    /// The oldest request may have taken effect. The look-up waits until no call of it can be running any more: one that
    /// arrived after the look-up would be a second filing.
    mutating func doubt(_ identity: FilingIdentity, until leaseEnd: Int64, _ shared: inout Shared) {
        // Spread a little: after a takeover all of a partition's come due together.
        let spread = min(shared.settings.retryBackoff.lowerBound, 200)
        let at = max(shared.now.monotonic, leaseEnd) + Int64.random(in: 1...spread, using: &shared.random)
        filings[identity]?.wasInDoubt = true
        filings[identity]?.wasEverInDoubt = true
        filings[identity]?.nextAt = shared.wall(at: at)
        move(identity, to: .uncertain(at: at), &shared)
        touch(identity)
        shared.timers.add(alarm(.filing(identity), at: at))
    }

    /// Looks up what became of the oldest request, or of one given up before it, as soon as the estate is known and a
    /// call is free.
    mutating func lookUpSoon(_ identity: FilingIdentity, _ shared: inout Shared) {
        guard let filing = filings[identity], let newest = filing.newest else { return }
        if stage == .draining {
            filings[identity]?.nextAt = nil
            move(identity, to: .uncertainReady, &shared)
            touch(identity)
        } else if let estate = filing.estate ?? filing.filed?.knownEstate {
            filings[identity]?.estate = estate
            move(identity, to: .uncertainReady, &shared)
            touch(identity)
            shared.calls.enqueue(caller(.filing(identity), at: shared.now.wall))
        } else {
            move(identity, to: .uncertainSeeking, &shared)
            touch(identity)
            seek(newest.request.deceased, for: .filing(identity), &shared)
        }
    }

    /// - Parameter phase: the filing's while the call is under way: that of a doubt, or of an adoption.
    mutating func startLookUp(
        _ identity: FilingIdentity, _ filing: Filing, in phase: (CallTicket) -> Phase, _ shared: inout Shared
    ) {
        guard let estate = filing.estate else { return }
        let ticket = shared.open(caller(.filing(identity), at: shared.now.wall), .lookUp)
        move(identity, to: phase(ticket), &shared)
        shared.start(
            ticket, .lookUp(estate, identity), deadline: shared.now.monotonic + shared.settings.callTimeout)
    }

    mutating func lookUpEnded(
        _ identity: FilingIdentity, _ result: Result<PortalAnswer, CallFailure>, _ shared: inout Shared
    ) {
        guard let filing = filings[identity], let head = filing.requests.first, let estate = filing.estate else {
            return
        }
        switch result {
        case .success(.filings(let records)):
            tellDuplicates(identity, records, &shared)
            if filing.missing != nil {
                attachMissing(identity, records, &shared)
            } else {
                reconcile(identity, filing, head, estate, records, &shared)
            }
        case .success(.estates), .success(.receipt), .success(.attached), .success(.changedEstates),
            .success(.rehearsed):
            preconditionFailure("a look-up was answered with something else")
        case .failure(let failure):
            lookUpFailed(identity, failure, filing, &shared)
        }
    }

    /// More than one filing of ours stands at the portal under one reference: what never should be.
    func tellDuplicates(_ identity: FilingIdentity, _ records: [FiledRecord], _ shared: inout Shared) {
        let standing = records.count { !$0.isWithdrawn }
        guard standing > 1 else { return }
        shared.statistics.duplicatesSeen += 1
        shared.commands.append(.report(.duplicateAtPortal(identity, count: standing)))
    }

    private mutating func reconcile(
        _ identity: FilingIdentity, _ filing: Filing, _ head: PendingRequest, _ estate: EstateID,
        _ records: [FiledRecord], _ shared: inout Shared
    ) {
        filings[identity]?.failures = 0
        filings[identity]?.failingSince = nil
        filings[identity]?.isLookedUp = true
        if let givenUp = filing.doubt {
            filings[identity]?.doubt = nil
            if let found = change(to: filing.filed, in: records) {
                let before = filing.filed
                let isPreliminary =
                    !found.isWithdrawn && found.contents?.isPreliminary ?? before?.isPreliminary ?? false
                let noticed = filing.deadline.flatMap { DeadlineWatch(notice: $0.notice) }
                var filed = Filed(
                    estate: estate, filing: found.id, receipt: found.receipt, digest: givenUp,
                    revision: (filing.filed?.revision ?? 0) + 1, isWithdrawn: found.isWithdrawn, isIncomplete: true,
                    settledAt: shared.now.wall, person: head.record.person, first: filing.filed?.first(of: found.id),
                    isPreliminary: isPreliminary,
                    finalDeadline: isPreliminary ? before?.finalDeadline ?? noticed : nil,
                    status: filing.filed?.status(of: found.id))
                noteStatus(of: identity, found, in: &filed, &shared)
                filings[identity]?.filed = filed
                filings[identity]?.deadline = nil
            }
            move(identity, to: .settled, &shared)
            touch(identity)
            begin(identity, &shared)
        } else if let found = change(to: filing.filed, in: records) {
            if head.request.action == .submit || found.isWithdrawn == (head.request.action == .withdraw) {
                var filed = filing.filed(in: estate, as: found.id, found.receipt, at: shared.now.wall)
                noteStatus(of: identity, found, in: &filed, &shared)
                taken(identity, filed, attached: found.attached, &shared)
            } else {
                // Somebody else has changed the filing meanwhile, and not as we asked: the request is answered, or made
                // again, by how the filing is now.
                filings[identity]?.filed?.first = filing.filed?.first(of: found.id)
                filings[identity]?.filed?.receipt = found.receipt
                filings[identity]?.filed?.isWithdrawn = found.isWithdrawn
                filings[identity]?.filed?.settledAt = shared.now.wall
                move(identity, to: .settled, &shared)
                touch(identity)
                begin(identity, &shared)
            }
        } else {
            // It surely did not take effect, and no call of it can be running: the lease is over.
            propose(identity, estate: estate, &shared)
        }
    }

    /// The filing as the portal has it, if that is other than what we knew: then the change in doubt took effect.
    private func change(to filed: Filed?, in records: [FiledRecord]) -> FiledRecord? {
        guard let filed, !filed.isWithdrawn else {
            // A first filing, or one after a withdrawal: any that stands, but for the withdrawn one.
            return records.first { !$0.isWithdrawn && $0.id != filed?.filing }
        }
        return records.first { $0.id == filed.filing && ($0.receipt != filed.receipt || $0.isWithdrawn) }
    }

    private mutating func lookUpFailed(
        _ identity: FilingIdentity, _ failure: CallFailure, _ filing: Filing, _ shared: inout Shared
    ) {
        let wait = shared.backoff(
            failures: filing.failures + 1, in: shared.retryBackoff, atLeast: failure.cause.retryAfter)
        filings[identity]?.failures += 1
        let since = filing.failingSince ?? shared.now.wall
        switch failure.verdict {
        case .hold:
            doubt(identity, until: shared.now.monotonic + wait, &shared)
            return
        case .seekAgain where filing.missing == nil:
            filings[identity]?.estate = nil
        case .seekAgain, .retry, .oddAnswer, .deadLetter, .alreadyThere, .gone, .refused:
            break
        }
        if shared.now.wall.milliseconds - since.milliseconds >= shared.settings.retryHorizon {
            let final = Failure(
                .portalUnavailable, stage: .settle,
                message: "the look-up has kept failing for as long as it is retried",
                status: failure.cause.status)
            if filing.missing == nil {
                giveUpInDoubt(identity, final, &shared)
            } else {
                endAttaching(identity, final, &shared)
            }
            return
        }
        filings[identity]?.failingSince = since
        doubt(identity, until: shared.now.monotonic + wait, &shared)
    }

    /// The request is answered with a dead letter although it may have taken effect. The ledger remembers that, so that
    /// whatever comes next for the filing, a replay above all, is looked up first. Such a dead letter is told by its
    /// stage, `settle`, whatever the reason.
    mutating func giveUpInDoubt(_ identity: FilingIdentity, _ failure: Failure, _ shared: inout Shared) {
        let digest = filings[identity]?.newest?.request.digest
        if filings[identity]?.doubt == nil { filings[identity]?.doubt = digest }
        let message = "the request may have taken effect: its answer was lost, and it cannot be looked up. "
        settle(
            identity,
            as: .failure(
                Failure(failure.reason, stage: .settle, message: message + failure.message, status: failure.status)),
            &shared)
    }
}
