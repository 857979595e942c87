import Estates

extension Engine {
    /// Makes the calls that are waited for, as many as the gate, the limits and the budget allow now.
    mutating func makeCalls() {
        let before = callsAt
        callsAt = nil
        let holdUp = shared.gate.isClosed ? probe() : makeOrdinaryCalls()
        // Each time of waiting is counted once.
        if let holdUp, callsAt != before { shared.statistics.count(holdUp) }
    }

    /// Returns what holds the next call up, until `callsAt`.
    private mutating func makeOrdinaryCalls() -> EngineEvent? {
        let now = shared.now.monotonic
        guard shared.pausedUntil <= now || shared.calls.waitingCount == 0 else {
            callsAt = shared.pausedUntil
            return nil
        }
        while shared.calls.underWay.count < shared.concurrency.calls, shared.calls.waitingCount > 0 {
            guard let at = shared.rate.earliest(owned: partitions.count, at: now) else { return nil }
            guard at <= now else {
                callsAt = at
                return .callPaced
            }
            let mayRetry = shared.budget.allowsRetry(at: now)
            let kept = shared.calls.kept(at: now)
            guard let caller = shared.calls.next(mayRetry: mayRetry, isKept: kept != nil) else {
                callsAt = kept ?? shared.budget.nextChance(after: now)
                return kept == nil ? .retryDeferred : nil
            }
            guard partitions[caller.partition]?.epoch == caller.epoch else { continue }
            let last = shared.calls.lastTicket
            switch caller.target {
            case .person(let deceased): partitions[caller.partition]?.startSearch(deceased, &shared)
            case .filing(let identity): partitions[caller.partition]?.startCall(identity, &shared)
            case .following: partitions[caller.partition]?.startFollowing(&shared)
            }
            if shared.calls.lastTicket != last { shared.rate.count(owned: partitions.count, at: now) }
        }
        return nil
    }

    /// While the gate is closed: one call that reads, for somebody who waits for it, when it is time.
    private mutating func probe() -> EngineEvent? {
        let now = shared.now.monotonic
        guard shared.gate.probe == nil, shared.calls.waitingCount > 0,
            let at = shared.rate.earliest(owned: partitions.count, at: now)
        else { return nil }
        guard max(at, shared.gate.probeAt) <= now else {
            callsAt = max(at, shared.gate.probeAt)
            return nil
        }
        let last = shared.calls.lastTicket
        while let caller = shared.calls.nextForProbe() {
            guard partitions[caller.partition]?.epoch == caller.epoch else { continue }
            switch caller.target {
            case .person(let deceased): partitions[caller.partition]?.startSearch(deceased, &shared)
            case .filing(let identity): partitions[caller.partition]?.probe(with: identity, &shared)
            case .following: partitions[caller.partition]?.startFollowing(&shared)
            }
            if shared.calls.lastTicket != last {
                shared.rate.count(owned: partitions.count, at: now)
                shared.gate.startProbe(shared.calls.lastTicket)
                shared.statistics.count(.probe)
                return nil
            }
        }
        return nil
    }

    /// Nothing waits for a call, and nothing will by itself; but for following, which may be what fails.
    var hasNobodyToProbeWith: Bool {
        placesHeld == 0 && !shared.calls.isRequestWaiting && !shared.calls.isRequestUnderWay
    }

    /// Draws from a call's end what it says of the portal, and what to do about it.
    mutating func callEnded(
        _ call: OpenCall, _ ticket: CallTicket, _ result: Result<PortalAnswer, PortalFailure>
    ) -> Result<PortalAnswer, CallFailure> {
        let now = shared.now
        let isProbe = shared.gate.probe == ticket
        let end = result.mapError { CallFailure($0, to: call.purpose) }
        var failure: CallFailure?
        if case .failure(let found) = end { failure = found }
        var sign = CallSign(failure)
        if case .unavailable = sign, !isProbe, case .following = call.caller.target {
            // Following goes last. That it fails must not hold up requests, which will tell if nothing works.
            sign = .inconclusive
        }
        if shared.concurrency.callEnded(
            call.purpose, CallLoad(failure?.cause), startedAt: call.startedAt, underWay: shared.calls.underWay.count,
            at: now.monotonic)
        {
            shared.statistics.count(.concurrencyLowered)
        }
        if sign == .busy, let wait = failure?.cause.retryAfter { pause(wait) }
        switch shared.gate.callEnded(
            ticket, sign, retryAfter: failure?.cause.retryAfter, shared.settings, at: now, using: &shared.random)
        {
        case .none: break
        case .closed: gateClosed()
        case .stillClosed: shared.statistics.count(.probeFailed)
        case .opened: gateOpened()
        }
        // The probe was made on behalf of all who wait: what failed before it may be dead-lettered, it may not.
        guard isProbe || shared.settings.failurePolicy == .hold else { return end }
        return end.mapError { $0.held }
    }

    /// 429 is about all of our calls and not about this one, so none is made until the portal wants them again; and then they
    /// come back one by one.
    private mutating func pause(_ wait: Int64) {
        let now = shared.now.monotonic
        let until = now + min(wait, shared.settings.probeBackoff.upperBound)
        guard wait > 0, until > shared.pausedUntil else { return }
        if shared.pausedUntil <= now { shared.statistics.count(.callsPaused) }
        shared.pausedUntil = until
        shared.concurrency.restart(at: until)
    }

    private mutating func gateClosed() {
        guard let cause = shared.gate.cause else { return }
        shared.statistics.count(.gateClosed)
        shared.statistics.gateClosings[cause.reason, default: 0] += 1
        shared.commands.append(.report(.gateClosed(cause)))
    }

    private mutating func gateOpened() {
        shared.statistics.count(.gateOpened)
        if let closure = shared.gate.closure { shared.commands.append(.report(.gateOpened(closure))) }
        // Not all at once.
        shared.concurrency.restart(at: shared.now.monotonic)
        for number in partitions.keys.sorted() { partitions[number]?.forgiveFailures() }
        // Nobody's call is a repetition now, and a deadline may have come near meanwhile.
        for caller in shared.calls.takeWaiting() {
            guard let partition = partitions[caller.partition], partition.epoch == caller.epoch else { continue }
            shared.calls.enqueue(partition.caller(caller.target, at: shared.now.wall))
        }
    }
}

extension Shared {
    /// Milliseconds in which an intent is committed when all is well.
    private static let commitTime: Int64 = 1_000

    /// A call is about to be made.
    mutating func open(_ caller: Caller, _ purpose: CallPurpose) -> CallTicket {
        budget.count(caller.turn, at: now.monotonic)
        return calls.open(for: caller, purpose, at: now.monotonic)
    }

    /// A filing's intent was too old for its call: the new one's is the next, where calls are rationed.
    mutating func keepNextCall() {
        if settings.rateLimit != nil { calls.keepNext(until: now.monotonic + Shared.commitTime) }
    }

    mutating func start(_ ticket: CallTicket, _ call: PortalCall, deadline: Int64) {
        statistics.callsStarted += 1
        commands.append(.call(ticket, call, deadline: deadline))
    }
}

extension Partition {
    mutating func callEnded(
        _ target: CallTarget, _ ticket: CallTicket, _ result: Result<PortalAnswer, CallFailure>,
        _ shared: inout Shared
    ) {
        switch target {
        case .person(let deceased):
            guard persons[deceased]?.search == .underWay(ticket), stage == .active else { return }
            searchEnded(deceased, result, &shared)
        case .filing(let identity):
            switch filings[identity]?.phase {
            case .sending(ticket, let leaseEnd): changeEnded(identity, leaseEnd: leaseEnd, result, &shared)
            case .attaching(ticket, let leaseEnd): uploadEnded(identity, leaseEnd: leaseEnd, result, &shared)
            case .adopting(ticket): adoptionEnded(identity, result, &shared)
            case .lookingUp(ticket): lookUpEnded(identity, result, &shared)
            default: break
            }
        case .following: followingEnded(ticket, result, &shared)
        }
    }
}
