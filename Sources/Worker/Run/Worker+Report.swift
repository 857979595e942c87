import Driver
import Engine
import Estates
import EventLoop
import Kafka
import Portal

/// What the worker tells people.
extension Worker {
    func tell(_ notice: Notice) {
        switch notice {
        case .assigned(let partitions):
            log.info("group.assigned", "partitions were assigned", named(partitions))
        case .revoked(let partitions, let isLost):
            log.info(
                "group.revoked", isLost ? "partitions were lost" : "partitions are to be given up", named(partitions))
        case .undrained(let partitions):
            log.info("group.undrained", "partitions are given up with calls under way", named(partitions))
        case .membershipLost(let partitions):
            log.warning(
                "group.membership-lost", "another membership has taken the place of ours; its partitions are restored",
                named(partitions))
        case .undrainedAtStop(let partitions):
            log.warning(
                "worker.undrained", "drain.timeout is over; what is unfinished is settled by the next owner",
                named(partitions))
        }
    }

    private func named(_ partitions: Set<Int32>) -> KeyValuePairs<String, LogValue> {
        ["partitions": .text("\(partitions.sorted())")]
    }

    func tell(_ report: Report) {
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
                [
                    "kind": .text(identity.kind.rawValue), "creditor": .text(identity.creditor.cvr.digits),
                    "onBehalfOf": .text(identity.creditor.onBehalfOf?.digits ?? "-"), "count": .number(Int64(count)),
                ])
        case .answerLost(let identity, let failure):
            log.warning(
                "portal.answer-lost", "the answer to a filing was lost; it will be looked up when its lease is over",
                ["kind": .text(identity.kind.rawValue), "cause": .text("\(failure.cause)")])
        case .deadlineNear(let identity, let news, let deadline):
            tell(identity, news, deadline)
        case .followingIncomplete(let partition, let since):
            log.warning(
                "follow.incomplete",
                "the portal has not answered all questions about followed estates; they are asked again with the next round",
                ["partition": .number(Int64(partition)), "since": .text("\(since)")])
        case .followingGivenUp(let partition, let from, let to):
            log.error(
                "follow.given-up",
                "changes of estates between these times may not have been told: for days the portal has not answered all "
                    + "questions about them, and they are not asked again. Look the partition's estates up at the portal, "
                    + "and in the portal's failures for why",
                ["partition": .number(Int64(partition)), "from": .text("\(from)"), "to": .text("\(to)")])
        case .gateClosed(let cause):
            letterNews.post(.gateClosed)
            log.error(
                "gate.closed", "no call is made but probes, and requests wait in the ledger: \(cause.message)",
                ["category": .text(cause.reason.category.rawValue), "reason": .text(cause.reason.rawValue)])
        case .gateOpened(let closure):
            log.info(
                "gate.opened", "a probe succeeded; requests are filed again", ["since": .text("\(closure.since)")])
            letterNews.post(.gateOpened(closure, turn: turn))
        }
    }

    /// The reference may be a customer's number, so it is not told: the creditor and the day narrow it down.
    private func tell(_ identity: FilingIdentity, _ news: DeadlineNews, _ deadline: ClaimDeadline) {
        let facts: KeyValuePairs<String, LogValue> = [
            "state": .text(news.state.rawValue), "within": .text(news.warning.label),
            "lastDay": .text(deadline.lastDay.description), "end": .text(deadline.end.description),
            "creditor": .text(identity.creditor.cvr.digits),
            "onBehalfOf": .text(identity.creditor.onBehalfOf?.digits ?? "-"),
        ]
        switch news.warning {
        case .fourteenDays, .sevenDays, .oneDay:
            log.warning("deadline.near", "a claim will be lost if it is not filed in time", facts)
        case .lapsed:
            log.error("deadline.lapsed", "a claim was not filed in time, and may be lost", facts)
        }
    }

    /// Lets workers whose gates open at the same time begin one after the other to replay: the owner of the first
    /// partition first. The others find it at work then. Nothing but this rests on it (`LockHolder`).
    private var turn: Int64 { min(60_000, Int64(driver.owned.min() ?? .max) * 2000) }

    var snapshot: WorkerSnapshot {
        WorkerSnapshot(
            stage: driver.stage, isMember: consumer.groupMetadata()?.isMember ?? false, engine: driver.engine.overview,
            engineStatistics: driver.engine.statistics, portal: portal.statistics,
            portalCallsInFlight: portal.callsInFlight,
            transactions: transactions, lag: lag, partitionsRestoring: driver.restoring.count,
            partitionsRestored: restored,
            uptime: MonotonicClock.milliseconds() - startedAt, certificate: portal.certificateStatus,
            deadLetters: letters, mode: settings.mode)
    }

    private var lag: [WorkerSnapshot.Lag] {
        let positions = driver.engine.overview.partitions
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
