import Estates

extension Partition {
    /// Takes a record in: from the tick that carries it on, the ledger is its work queue.
    mutating func accept(_ record: OriginalRecord, _ parsed: ParsedRecord, _ shared: inout Shared) {
        positions[record.source.topic] = record.source.offset + 1
        hasMoved = true
        shared.statistics.acceptedRecords += 1
        switch parsed {
        case .rejected(let failure): deadLetter(record, failure, attempts: 0, &shared)
        case .notification(let notification): accept(notification, record, &shared)
        case .request(let request): accept(request, record, &shared)
        case .erasure(let order): erase(order, record, &shared)
        }
    }

    private mutating func accept(_ request: ClaimRequest, _ record: OriginalRecord, _ shared: inout Shared) {
        let identity = request.identity
        open(identity)
        filings[identity]?.requests.append(
            PendingRequest(record: record, request: request, acceptedAt: shared.now.wall, isStored: false))
        use(request.deceased)
        let isAlone = filings[identity]?.requests.count == 1
        if isAlone {
            begin(identity, &shared)
        } else {
            touch(identity)
            if combine(identity, &shared) { begin(identity, &shared) }
        }
        // What was answered at once needs no place in the ledger.
        if filings[identity]?.requests.last?.record.source == record.source {
            filings[identity]?.requests.last?.isStored = true
            records.append(.request(record))
        }
    }

    private mutating func accept(_ notification: DeathNotification, _ record: OriginalRecord, _ shared: inout Shared) {
        if notification.isWithdrawn {
            correct(notification, record, &shared)
            return
        }
        notifications[record.source.offset] = PendingNotification(
            record: record, notification: notification, acceptedAt: shared.now.wall)
        use(notification.deceased)
        freshNotifications += 1
        records.append(.request(record))
        renumber(notification, in: record, &shared)
        seek(notification.deceased, for: .notification(record.source.offset), &shared)
    }

    /// Begins the oldest request of a filing of which nothing is under way, and answers as many as need no call.
    mutating func begin(_ identity: FilingIdentity, _ shared: inout Shared) {
        // No value of the filing is held while its queue changes: the queue would be copied.
        filings[identity]?.joined = 0
        while filings[identity]?.phase == .settled, let head = filings[identity]?.requests.first {
            if head.isCancelled {
                end(identity, as: .cancelled, &shared)
                continue
            }
            if filings[identity]?.doubt != nil {
                // An earlier change was given up while nobody knew whether it had taken effect. What to make of this
                // request depends on that, so it is found out first.
                filings[identity]?.wasInDoubt = true
                filings[identity]?.wasEverInDoubt = true
                lookUpSoon(identity, &shared)
                return
            }
            let known = filings[identity]?.filed?.knownEstate
            if head.request.action != .submit || known != nil, mustLookFirst(identity, shared) {
                propose(identity, estate: known, &shared)
                return
            }
            switch Answer(to: head.request, filed: filings[identity]?.filed) {
            case .call:
                if combine(identity, &shared) { continue }
                propose(identity, estate: filings[identity]?.filed?.knownEstate, &shared)
                return
            case .attach:
                attachAnew(identity, &shared)
                return
            case .reply(let outcome, let filed):
                end(identity, as: .reply(outcome, filed), &shared)
            case .refuse(let reason, let message):
                end(identity, as: .failure(Failure(reason, stage: .settle, message: message)), &shared)
            }
        }
        if filings[identity]?.isNothing == true, filings[identity]?.isWritten == false {
            remove(identity)
        }
        packAway(identity)
    }
}

/// What a request amounts to, given what the portal has: one row a case.
private enum Answer {
    case call
    /// It is filed, and its attachments are not all there.
    case attach
    case reply(ClaimReply.Outcome, Filed)
    case refuse(FailureReason, String)

    init(to request: ClaimRequest, filed: Filed?) {
        switch (request.action, filed) {
        case (.submit, nil):
            self = .call
        case (.submit, let filed?) where filed.isWithdrawn:
            self = .call
        case (.submit, let filed?), (.amend, let filed?):
            if filed.isWithdrawn {
                self = .refuse(.filingWithdrawn, "the filing has been withdrawn; submit it again instead")
            } else if filed.digest == request.digest, filed.isIncomplete, !request.attachments.isEmpty {
                self = .attach
            } else if filed.digest == request.digest {
                self = .reply(.alreadyFiled, filed)
            } else if request.action == .amend {
                self = .call
            } else {
                self = .refuse(
                    .conflictingReference,
                    "the reference is filed with other contents; use action amend, or another reference")
            }
        case (.withdraw, let filed?):
            self = filed.isWithdrawn ? .reply(filed.isCancelled ? .cancelled : .withdrawn, filed) : .call
        case (.amend, nil), (.withdraw, nil):
            self = .refuse(.unknownFiling, "nothing is filed under this reference")
        }
    }
}
