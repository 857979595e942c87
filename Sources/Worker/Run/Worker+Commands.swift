import Engine
import Estates
import EventLoop
import Kafka
import Portal

extension Worker {
    /// Carries out what the engine wants, until it wants nothing more.
    func carryOut() {
        while true {
            let commands = engine.takeCommands()
            if commands.isEmpty { break }
            for command in commands { carryOut(command) }
        }
        finishRevocation()
    }

    private func carryOut(_ command: Command) {
        switch command {
        case .call(let ticket, let call, let deadline):
            calls[ticket] = portal.start(withKey(call), deadline: deadline * 1_000_000) { [unowned self] result in
                calls[ticket] = nil
                engine.answered(ticket, result, at: now)
            }
        case .cancel(let ticket):
            if let id = calls[ticket] { portal.cancel(id) }
        case .restore(let partition, let epoch):
            restoring.insert(partition)
            stand(partition)
            restores.post(.restore(partition: partition, epoch: epoch))
        case .startIntake(let partition, let positions):
            restoring.remove(partition)
            startIntake(partition, positions)
        case .drained(let partition):
            revocation?.undrained.remove(partition)
            undrainedAtStop.remove(partition)
        case .report(let report):
            tell(report)
        }
    }

    func restoreEnded(_ result: RestoreResult) {
        switch result {
        case .restored(let partition, let epoch, let contents, let records, let milliseconds):
            log.info(
                "partition.restored", "a partition was restored from the ledger",
                [
                    "partition": .number(Int64(partition)), "filings": .number(Int64(contents.filingCount)),
                    "pending": .number(Int64(contents.requests.count)), "records": .number(Int64(records)),
                    "milliseconds": .number(milliseconds),
                ])
            restored += 1
            engine.restored(partition, epoch: epoch, contents, at: now)
        case .failed(_, let message):
            giveUp(message)
        }
    }

    /// The engine names what a key stands for; on the wire it is a digest, which fits any header and tells nothing.
    private func withKey(_ call: PortalCall) -> PortalCall {
        switch call {
        case .search, .lookUp: call
        case .submit(let estate, let identity, let contents, let key):
            .submit(estate, identity, contents, idempotencyKey: SHA256Digest.hex(of: key))
        case .amend(let estate, let filing, let identity, let contents, let key):
            .amend(estate, filing, identity, contents, idempotencyKey: SHA256Digest.hex(of: key))
        case .withdraw(let estate, let filing, let identity, let key):
            .withdraw(estate, filing, identity, idempotencyKey: SHA256Digest.hex(of: key))
        }
    }

    private func tell(_ report: Report) {
        switch report {
        case .contentsMissing(let partition, let offset):
            // Going on would write the filing without this request, and so lose it.
            giveUp(
                "\(settings.topics.ledger) partition \(partition) lists the request at offset \(offset) of "
                    + "\(settings.topics.claimRequests) and has no contents for it. Was the topic changed by hand, or is its "
                    + "cleanup.policy not compact?")
        case .duplicateAtPortal(let identity, let count):
            log.error(
                "portal.duplicate", "the portal has more than one filing under one reference",
                ["kind": .text(identity.kind.rawValue), "count": .number(Int64(count))])
        case .answerLost(let identity, let failure):
            log.warning(
                "portal.answer-lost", "the answer to a filing was lost; it will be looked up when its lease is over",
                ["kind": .text(identity.kind.rawValue), "cause": .text("\(failure.cause)")])
        case .gateClosed(let cause):
            log.error(
                "gate.closed", "no call is made but probes, and requests wait in the ledger: \(cause.message)",
                ["category": .text(cause.reason.category.rawValue), "reason": .text(cause.reason.rawValue)])
        case .gateOpened:
            log.info("gate.opened", "a probe succeeded; requests are filed again")
        }
    }

    var snapshot: WorkerSnapshot {
        WorkerSnapshot(
            stage: stage, isMember: consumer.groupMetadata()?.isMember ?? false, engine: engine.overview,
            engineStatistics: engine.statistics, portal: portal.statistics, portalCallsInFlight: portal.callsInFlight,
            transactions: transactions, lag: lag, partitionsRestoring: restoring.count, partitionsRestored: restored,
            uptime: MonotonicClock.milliseconds() - startedAt, certificate: portal.certificateStatus)
    }

    private var lag: [WorkerSnapshot.Lag] {
        let positions = engine.overview.partitions
        return positions.flatMap { partition in
            InputTopic.allCases.map { topic in
                let name = settings.topics.name(of: topic)
                let high = consumer.cachedWatermarks(TopicPartition(name, partition.number))?.high
                let position = partition.positions[topic] ?? 0
                return WorkerSnapshot.Lag(
                    topic: name, partition: partition.number,
                    records: high.flatMap { $0 < 0 ? nil : max(0, $0 - position) })
            }
        }
    }
}
