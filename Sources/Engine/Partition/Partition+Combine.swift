import Estates

/// What a request amounts to that stands right behind others which were surely not sent: one row a case.
private enum Combination {
    /// It goes out with them, as what they amount to together.
    case joins
    /// It undoes them: nothing of them goes out.
    case cancels
    /// It is decided when they have their answer.
    case waits

    /// - Parameters:
    ///   - action: of the oldest.
    ///   - newest: whose contents are to go out.
    init(_ next: ClaimRequest, behind action: FilingAction, of newest: ClaimRequest) {
        switch (next.action, action) {
        // Each of them is only done when its own attachments are there.
        case (.amend, .submit), (.amend, .amend):
            let hasTheSame = Set(next.attachments.map(\.attached)) == Set(newest.attachments.map(\.attached))
            self = hasTheSame ? .joins : .waits
        // The same again: a sender that repeats itself.
        case (.submit, .submit), (.submit, .amend): self = next.digest == newest.digest ? .joins : .waits
        case (.withdraw, .submit), (.withdraw, .amend): self = .cancels
        // Should the withdrawal fail, they mean something else.
        case (_, .withdraw): self = .waits
        }
    }
}

extension Partition {
    /// Lets what stands behind the oldest request go out with it, or undo it, as long as it was surely not sent: amending
    /// or withdrawing what still waits costs no call.
    ///
    /// What has once been in doubt goes out as it is: should its bytes arrive after all, only the same idempotency key
    /// with the same contents prevents a second filing, and a cancelled one would stand at the portal unknown to anyone.
    ///
    /// - Returns: whether the oldest requests were undone, and have been answered.
    @discardableResult
    mutating func combine(_ identity: FilingIdentity, _ shared: inout Shared) -> Bool {
        var hasJoined = false
        let before = filings[identity]?.newest?.request.deceased
        while let filing = filings[identity], filing.isSurelyUnsent, let head = filing.requests.first,
            let newest = filing.newest, let next = filing.requests[filing.joined + 1], !head.isCancelled
        {
            switch Combination(next.request, behind: head.request.action, of: newest.request) {
            case .joins:
                filings[identity]?.joined += 1
                shared.statistics.count(.requestJoined)
                hasJoined = true
            case .cancels where mayBeFiledByOthers(identity, shared):
                // What is filed by now is to be withdrawn, not forgotten.
                if hasJoined { rewrite(identity, before, &shared) }
                return false
            case .cancels:
                if let before { stopWaiting(.filing(identity), for: before) }
                end(identity, as: .cancelled, &shared)
                return true
            case .waits:
                if hasJoined { rewrite(identity, before, &shared) }
                return false
            }
        }
        if hasJoined { rewrite(identity, before, &shared) }
        return false
    }

    /// What is to go out has changed. If its intent is in the ledger, it needs another.
    private mutating func rewrite(_ identity: FilingIdentity, _ before: Deceased?, _ shared: inout Shared) {
        guard let filing = filings[identity], let newest = filing.newest else { return }
        // One that is just being begun is written by that.
        if filing.phase == .settled { return }
        touch(identity)
        filings[identity]?.noteIntent()
        guard let before, newest.request.deceased != before, filing.requests.first?.request.action == .submit else {
            return
        }
        // It was another person's estate that was sought.
        stopWaiting(.filing(identity), for: before)
        propose(identity, estate: nil, &shared)
    }
}

extension Filing {
    /// The newest of the requests that go out together: its contents are those that go out.
    var newest: PendingRequest? { requests[joined] }

    /// Whether nothing of the oldest requests has been sent, or may have been.
    fileprivate var isSurelyUnsent: Bool {
        guard doubt == nil, !wasEverInDoubt else { return false }
        switch phase {
        case .settled, .seeking, .ready, .waitingForEstate, .waitingForSearch, .waitingToSend: return true
        case .adoptReady, .adopting, .sending, .attachReady, .attaching, .waitingToAttach, .uncertain,
            .uncertainSeeking,
            .uncertainWithoutEstate, .uncertainReady, .lookingUp:
            return false
        }
    }
}
