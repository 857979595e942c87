import Estates

extension Partition {
    /// The portal has taken the oldest request. Before it is answered, its attachments follow, one by one, each with an
    /// intent of its own; from now on the ledger has the receipt.
    ///
    /// - Parameter attached: what the filing has already; nil when a look-up must tell.
    mutating func taken(
        _ identity: FilingIdentity, _ filed: Filed, attached: [AttachedFile]?, _ shared: inout Shared
    ) {
        guard let attachments = filings[identity]?.newest?.request.attachments, !attachments.isEmpty else {
            settle(identity, as: .taken(filed), &shared)
            return
        }
        filings[identity]?.filed = filed
        filings[identity]?.missing = attachments.indices.filter {
            !(attached ?? []).contains(attachments[$0].attached)
        }
        noteProgress(identity)
        if attached == nil { lookUpSoon(identity, &shared) } else { proposeUpload(identity, &shared) }
    }

    /// The oldest request is filed, and was given up before all of its attachments were there.
    mutating func attachAnew(_ identity: FilingIdentity, _ shared: inout Shared) {
        guard let head = filings[identity]?.requests.first else { return }
        filings[identity]?.missing = Array(head.request.attachments.indices)
        lookUpSoon(identity, &shared)
    }

    /// The look-up of a filing whose attachments may not all be there has been answered: goes on with those that are not.
    mutating func attachMissing(_ identity: FilingIdentity, _ records: [FiledRecord], _ shared: inout Shared) {
        guard let filing = filings[identity], let filed = filing.filed, let missing = filing.missing,
            let attachments = filing.newest?.request.attachments
        else { return }
        guard let found = records.first(where: { $0.id == filed.filing }) else {
            // We have its receipt, so the portal will show it again.
            attachLater(identity, nil, &shared)
            return
        }
        if found.isWithdrawn {
            filings[identity]?.filed?.isWithdrawn = true
            let message = "the filing was withdrawn by somebody else before all attachments were there"
            endAttaching(identity, Failure(.filingWithdrawn, stage: .attach, message: message), &shared)
            return
        }
        let rest = missing.filter {
            $0 < attachments.count && !found.attached.contains(attachments[$0].attached)
        }
        filings[identity]?.missing = rest
        if rest.count < missing.count {
            noteProgress(identity)
        } else if isOverdue(filing, shared) {
            endAttaching(identity, overdue(nil), &shared)
            return
        }
        proposeUpload(identity, &shared)
    }

    /// Writes down that the next attachment may be sent from now on. The upload itself waits for that to be committed. When
    /// there is none left, the request is done.
    private mutating func proposeUpload(_ identity: FilingIdentity, _ shared: inout Shared) {
        guard let filing = filings[identity], var filed = filing.filed, let missing = filing.missing,
            let attachments = filing.newest?.request.attachments
        else { return }
        guard let next = missing.first else {
            filed.isIncomplete = false
            settle(identity, as: .taken(filed), &shared)
            return
        }
        filings[identity]?.nextAt = nil
        if stage == .draining {
            // The next owner sends it; it was surely not sent.
            move(identity, to: .waitingToAttach(at: shared.now.monotonic), &shared)
            touch(identity)
            return
        }
        let time = shared.settings.uploadTime(of: attachments[next], failures: filing.failures)
        filings[identity]?.uploadTime = time
        filings[identity]?.inheritedLease = nil
        move(identity, to: .attachReady(leaseEnd: shared.now.monotonic + shared.settings.lease + time), &shared)
        touch(identity)
        filings[identity]?.noteIntent()
    }

    /// A call is free: sends the next attachment.
    mutating func startUpload(
        _ identity: FilingIdentity, _ filing: Filing, leaseEnd: Int64, _ shared: inout Shared
    ) {
        guard filing.committedVersion >= filing.intentVersion, let filed = filing.filed,
            let next = filing.missing?.first, let pending = filing.newest
        else { return }
        let attachment = pending.request.attachments[next]
        let now = shared.now.monotonic
        let latest = leaseEnd - shared.settings.portalGrace
        guard latest - now >= shared.settings.shortestCall + filing.uploadTime / 2 else {
            shared.keepNextCall()
            proposeUpload(identity, &shared)
            return
        }
        let ticket = shared.open(caller(.filing(identity), at: shared.now.wall), .attach)
        filings[identity]?.attempts += 1
        move(identity, to: .attaching(ticket, leaseEnd: leaseEnd), &shared)
        // The same on every try, also by a replayed request; another for the same file under another name; and another for a
        // filing that was submitted again after the ledger had forgotten the first, whose revisions it counts anew.
        let key =
            "attach/\(filed.filing.text.utf8.count)/\(filed.filing)/\(attachment.digest.hex)/"
            + "\(attachment.name.utf8.count)/\(attachment.name)/\(identity.path)"
        shared.start(
            ticket,
            .attach(
                filed.estate, filed.filing, identity, attachment, record: pending.record.value ?? [],
                idempotencyKey: key),
            deadline: min(latest, now + shared.settings.callTimeout + filing.uploadTime))
    }

    mutating func uploadEnded(
        _ identity: FilingIdentity, leaseEnd: Int64, _ result: Result<PortalAnswer, CallFailure>,
        _ shared: inout Shared
    ) {
        switch result {
        case .success(.attached):
            filings[identity]?.missing?.removeFirst()
            noteProgress(identity)
            proposeUpload(identity, &shared)
        case .success(.estates), .success(.filings), .success(.receipt), .success(.changedEstates),
            .success(.rehearsed):
            preconditionFailure("an upload was answered with something else")
        case .failure(let failure) where failure.cause.mayHaveTakenEffect:
            shared.statistics.answersLost += 1
            shared.commands.append(.report(.answerLost(identity, failure.cause)))
            noteFailure(identity, shared.now.wall)
            doubt(identity, until: leaseEnd, &shared)
        case .failure(let failure):
            uploadFailed(identity, failure, &shared)
        }
    }

    /// The upload surely had no effect.
    private mutating func uploadFailed(
        _ identity: FilingIdentity, _ failure: CallFailure, _ shared: inout Shared
    ) {
        guard let filing = filings[identity] else { return }
        func refuse(_ reason: FailureReason, _ message: String) {
            let place = filing.missing?.first.map { "attachments[\($0)]: " } ?? ""
            let failure = Failure(reason, stage: .attach, message: place + message, status: failure.cause.status)
            endAttaching(identity, failure, &shared)
        }
        let oddAnswers = failure.isOdd ? filing.oddAnswers + 1 : 0
        filings[identity]?.oddAnswers = oddAnswers
        switch failure.verdict(afterOddAnswers: oddAnswers, shared.settings) {
        case .retry, .oddAnswer, .seekAgain, .refused:
            attachLater(identity, failure.cause, &shared)
        case .hold:
            lookUpSoon(identity, &shared)
        case .alreadyThere where !filing.wasCalledThere:
            // If the look-up denies what the portal says, and then it says it once more, asking again would go on for ever.
            filings[identity]?.wasCalledThere = true
            lookUpSoon(identity, &shared)
        case .alreadyThere:
            refuse(.attachmentRefused, "the portal says that it has the attachment, and does not show it")
        case .gone:
            refuse(.estateClosed, "the portal says that the estate or the filing is gone")
        case .deadLetter(let reason, let message):
            refuse(reason, message)
        }
    }

    /// Plans the next look at what is there, or gives up when the portal failed for too long.
    private mutating func attachLater(
        _ identity: FilingIdentity, _ failure: PortalFailure?, _ shared: inout Shared
    ) {
        guard let filing = filings[identity] else { return }
        if isOverdue(filing, shared) {
            endAttaching(identity, overdue(failure), &shared)
            return
        }
        let wait = shared.backoff(
            failures: filing.failures + 1, in: shared.retryBackoff, atLeast: failure?.retryAfter)
        let at = shared.now.monotonic + wait
        noteFailure(identity, shared.now.wall)
        filings[identity]?.nextAt = shared.wall(at: at)
        move(identity, to: .waitingToAttach(at: at), &shared)
        touch(identity)
        shared.timers.add(alarm(.filing(identity), at: at))
    }

    /// The request is a dead letter, with the receipt of its filing. The ledger has that too, and that attachments are not
    /// there: the same request goes on with them when it comes again.
    mutating func endAttaching(_ identity: FilingIdentity, _ failure: Failure, _ shared: inout Shared) {
        let isThere = filings[identity]?.filed?.isWithdrawn == false
        let message = isThere ? "the filing is at the portal, but: " + failure.message : failure.message
        settle(
            identity,
            as: .failure(Failure(failure.reason, stage: .attach, message: message, status: failure.status)), &shared)
    }

    /// Whether its uploads have failed for as long as they are retried.
    private func isOverdue(_ filing: Filing, _ shared: Shared) -> Bool {
        guard let since = filing.failingSince else { return false }
        return shared.now.wall.milliseconds - since.milliseconds >= shared.settings.retryHorizon
    }

    private func overdue(_ failure: PortalFailure?) -> Failure {
        let message = "the upload of an attachment has kept failing for as long as it is retried"
        return Failure(.portalUnavailable, stage: .attach, message: message, status: failure?.status)
    }

    private mutating func noteFailure(_ identity: FilingIdentity, _ now: Timestamp) {
        filings[identity]?.failures += 1
        if filings[identity]?.failingSince == nil { filings[identity]?.failingSince = now }
    }

    /// The portal has done something for the request, so a row of failures is over.
    private mutating func noteProgress(_ identity: FilingIdentity) {
        filings[identity]?.failures = 0
        filings[identity]?.oddAnswers = 0
        filings[identity]?.failingSince = nil
        filings[identity]?.wasCalledThere = false
    }
}
