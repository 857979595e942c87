import Engine
import Estates

extension Checker {
    /// A call that was started, and how many partitions all living workers together believed to have.
    struct StartedCall {
        let at: Int64
        let worker: Int
        let held: Int
        let heldByAll: Int
    }

    /// A worker starts a call: while its gate is closed only one at a time that reads, and never more calls in a second
    /// than its share of the limit, or than the limit for all.
    mutating func callStarts(
        _ call: PortalCall, _ worker: ModelWorker, of workers: [ModelWorker], _ settings: EngineSettings, at now: Int64
    ) {
        checkOrder(call, worker, at: now)
        if worker.engine.isGateClosed {
            if call.changesSomething { fail("a changing call while the gate is closed", at: now) }
            if !worker.probes.isEmpty { fail("two probes at once", at: now) }
        }
        if now < worker.pausedUntil, !worker.engine.isGateClosed {
            fail("a call although the portal asked for none until \(worker.pausedUntil)", at: now)
        }
        guard let rate = settings.rateLimit else { return }
        while let first = started.first, first.at <= now - 1_000 { started.removeFirst() }
        started.append(
            StartedCall(
                at: now, worker: worker.number, held: worker.engine.partitionsHeld,
                heldByAll: workers.reduce(0) { $0 + ($1.isAlive ? $1.engine.partitionsHeld : 0) }))
        let own = started.filter { $0.worker == worker.number }
        let perPartition = rate / Double(workload.partitions)
        // One more for the ends of the second, and what was made up for.
        let mostOwn = perPartition * Double(own.map(\.held).max() ?? 0) * 1.02 + 1
        if Double(own.count) > mostOwn.rounded(.up) {
            fail("worker \(worker.number) made \(own.count) calls in a second, its share is \(mostOwn)", at: now)
        }
        let mostOfAll =
            perPartition * Double(started.map(\.heldByAll).max() ?? 0) * 1.02 + Double(Set(started.map(\.worker)).count)
        if Double(started.count) > mostOfAll.rounded(.up) {
            fail("the group made \(started.count) calls in a second, at most \(mostOfAll) are allowed", at: now)
        }
    }

    /// The probe speaks for all who wait, so none of them is dead-lettered for what it meets.
    mutating func probeEnded(deadLetters before: Int, after: Int, at now: Int64) {
        if after > before { fail("a probe led to a dead letter for the certificate or the environment", at: now) }
    }

    /// With the policy `hold`, what is wrong with our certificate or the environment is waited for.
    mutating func checkPolicy(_ failure: Failure, _ item: Item, at now: Int64) {
        if policy == .hold, failure.reason.isMisfit {
            fail("request \(item.index) is a dead letter, \(failure.reason.rawValue), and was to be held", at: now)
        }
    }
}

extension FailureReason {
    /// Whether it is the same for every request, and not for want of an answer.
    var isMisfit: Bool {
        switch category {
        case .certificate: true
        case .environment: self != .portalUnavailable
        case .validation: false
        }
    }
}

extension EngineStatistics {
    /// Dead letters for the certificate or the environment.
    var misfits: Int { deadLetters.reduce(0) { $0 + ($1.key.isMisfit ? $1.value : 0) } }
}
