import Estates

/// The calls of a round, one after the other.
extension Partition {
    /// A call is free: asks the question that is next.
    mutating func startFollowing(_ shared: inout Shared) {
        guard stage == .active, round?.call == .queued, let settings = shared.settings.following else { return }
        while let identity = round?.filings.last {
            switch standing(identity) {
            case .none: round?.filings.removeLast()
            case .changing:
                // Nobody knows what its status will be due to: the next round asks again.
                round?.filings.removeLast()
                round?.isWhole = false
            case .filed(let filed):
                ask(.filing(identity, filed.receipt), .lookUp(filed.estate, identity), .status, &shared)
                return
            }
        }
        while let current = round, current.row < current.end {
            let rows = current.row..<min(current.end, current.row + settings.batchSize)
            let ids = rows.compactMap { followed.estate(at: $0)?.id }
            guard !ids.isEmpty else {
                round?.row = rows.upperBound
                continue
            }
            ask(.estates(rows), .changes(ids, since: current.since), .changes, &shared)
            return
        }
        goOn(&shared)
    }

    private mutating func ask(
        _ question: FollowRound.Question, _ call: PortalCall, _ purpose: CallPurpose, _ shared: inout Shared
    ) {
        let ticket = shared.open(caller(.following, at: shared.now.wall), purpose)
        round?.call = .underWay(ticket, question)
        shared.start(ticket, call, deadline: shared.now.monotonic + shared.settings.callTimeout)
    }

    mutating func followingEnded(
        _ ticket: CallTicket, _ result: Result<PortalAnswer, CallFailure>, _ shared: inout Shared
    ) {
        guard stage == .active, case .underWay(ticket, let question) = round?.call else { return }
        switch (result, question) {
        case (.success(.changedEstates(let estates, let at)), .estates(let rows)):
            if round?.hasAnswer == false {
                round?.hasAnswer = true
                round?.portalTime = at
                round?.end = followed.rowCount
            }
            var changed: Set<[UInt8]> = []
            for estate in estates where compare(estate, &shared) { changed.insert(Array(estate.id.text.utf8)) }
            answered(.estates(rows))
            let filings = changed.isEmpty ? [] : standingFilings(in: changed)
            round?.filings = filings
            goOn(&shared)
        case (.success(.filings(let records)), .filing(let identity, let receipt)):
            compare(identity, receipt, records, &shared)
            answered(question)
            goOn(&shared)
        case (.success, _):
            preconditionFailure("a question about changes was answered with something else")
        case (.failure(let failure), _):
            followingFailed(failure, question, &shared)
        }
    }

    private mutating func answered(_ question: FollowRound.Question) {
        round?.failures = 0
        round?.refusals = 0
        switch question {
        case .estates(let rows): round?.row = rows.upperBound
        case .filing: round?.filings.removeLast()
        }
    }

    /// What may pass is asked again, for some time. What the portal keeps refusing is left out, and the checkpoint stays where
    /// it is.
    private mutating func followingFailed(
        _ failure: CallFailure, _ question: FollowRound.Question, _ shared: inout Shared
    ) {
        switch failure.verdict {
        case .retry, .hold, .deadLetter:
            break
        case .oddAnswer, .refused, .seekAgain, .alreadyThere, .gone:
            round?.refusals += 1
        }
        // Not while nothing works: then it is not this question's fault.
        let isHopeless = !shared.gate.isClosed && (round?.failures ?? 0) + 1 >= FollowRound.failuresAtMost
        if isHopeless || (round?.refusals ?? 0) >= shared.settings.oddAnswers {
            answered(question)
            round?.isWhole = false
            goOn(&shared)
        } else {
            askAgain(failure.cause, &shared)
        }
    }

    // MARK: Filings

    enum Standing {
        /// It is not there (any more), or withdrawn.
        case none
        /// We may be changing it this moment.
        case changing
        case filed(Filed)
    }

    func standing(_ identity: FilingIdentity) -> Standing {
        guard let filing = filings[identity] else {
            guard let filed = settled.filed(identity), !filed.isWithdrawn else { return .none }
            return .filed(filed)
        }
        if filing.mayBeChanging { return .changing }
        guard let filed = filing.filed, !filed.isWithdrawn else { return .none }
        return .filed(filed)
    }

    /// Our filings in these estates, the first one last; those included that may be there soon, or may be there already
    /// without our knowing.
    private func standingFilings(in estates: Set<[UInt8]>) -> [FilingIdentity] {
        var found = settled.standing(in: { estates.contains(Array($0)) })
        for (identity, filing) in filings {
            let known = filing.mayBeChanging ? filing.estate ?? filing.filed?.knownEstate : filing.filed?.knownEstate
            guard let estate = known, estates.contains(Array(estate.text.utf8)) else { continue }
            found.append(identity)
        }
        return found.sorted { $0.path > $1.path }
    }
}

extension Filing {
    /// Whether a change of ours may take effect at the portal this moment, or has taken effect and is about to be found out.
    fileprivate var mayBeChanging: Bool {
        switch phase {
        case .sending, .uncertain, .uncertainSeeking, .uncertainWithoutEstate, .uncertainReady, .lookingUp: return true
        case .settled, .seeking, .ready, .adoptReady, .adopting, .waitingForEstate, .waitingForSearch, .waitingToSend,
            .attachReady,
            .attaching, .waitingToAttach:
            return false
        }
    }
}
