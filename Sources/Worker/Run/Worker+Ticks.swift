import Engine
import Estates
import EventLoop
import Kafka

extension Worker {
    /// Brokers want some milliseconds between a commit and the next transaction: without them the client backs off for
    /// 20 ms (kafka-facts, 3).
    private static let gap: Int64 = 5_000_000

    /// Commits what is ready: at once when idle, about every `transaction.interval` under load.
    func tickIfDue() {
        guard isProducerReady, !isTickUnderWay else { return }
        guard engine.hasSomethingToWrite else { return keepOffsetsAlive() }
        let time = MonotonicClock.nanoseconds()
        let due = max(tickStartedAt + settings.transactionInterval * 1_000_000, tickEndedAt + Worker.gap)
        guard time >= due else {
            tickTimer?.deadline = due
            return
        }
        // The metadata is read before the tick is taken, on this thread, which also handles rebalances. So a tick never
        // goes out with metadata that is younger than the partitions it was made for. Were it read by the committing
        // thread: the process is stopped, evicted and goes on; the library rejoins; the tick of the old time would pass as
        // one of the new member.
        guard let group = membershipToCommit() else {
            // Between an eviction and the event that tells of it. There is nothing to commit as nobody.
            tickTimer?.deadline = time + 50_000_000
            return
        }
        guard let tick = engine.takeTick(at: now) else { return }
        isTickUnderWay = true
        tickStartedAt = time
        commits.post(CommitJob(tick: tick, offsets: offsets(of: tick), group: group))
    }

    /// Commits the offsets of what has stood still for long, as they are.
    ///
    /// Brokers forget offsets that are not committed for `offsets.retention.minutes` (a week), not only those of a group
    /// without members but also those of a topic that no member subscribes to, and nobody subscribes to the death
    /// notifications (they come along with the claim requests). A partition on which nothing happens for a week would be
    /// read from its beginning after the next restart.
    private func keepOffsetsAlive() {
        let time = MonotonicClock.milliseconds()
        guard stage == .running, restoring.isEmpty, revocation == nil, time - offsetsKeptAt >= offsetsLifetime else {
            return
        }
        guard let group = membershipToCommit() else { return }
        offsetsKeptAt = time
        // Nothing waits to be written, so what the engine has taken in is exactly what is committed.
        let offsets = engine.overview.partitions.filter { owned.contains($0.number) }.flatMap { partition in
            partition.positions.map {
                PartitionOffset(TopicPartition(settings.topics.name(of: $0.key), partition.number), .at($0.value))
            }
        }
        guard !offsets.isEmpty else { return }
        isTickUnderWay = true
        tickStartedAt = MonotonicClock.nanoseconds()
        commits.post(CommitJob(tick: nil, offsets: offsets, group: group))
    }

    private func offsets(of tick: Tick) -> [PartitionOffset] {
        tick.parts.flatMap { part in
            InputTopic.allCases.compactMap { topic in
                part.positions[topic].map {
                    PartitionOffset(TopicPartition(settings.topics.name(of: topic), part.partition), .at($0))
                }
            }
        }
    }

    func tickEnded(_ result: CommitResult) {
        isTickUnderWay = false
        tickEndedAt = MonotonicClock.nanoseconds()
        count(result)
        limits = result.limits
        engine.tickEnded(result.end, at: now)
        if result.isReplaced { giveUp("another process has joined with the same instance.id, and takes over") }
    }

    private func count(_ result: CommitResult) {
        switch result.end {
        case .committed:
            transactions.committed += 1
            transactions.records += result.records
        case .aborted: transactions.aborted += 1
        case .unknown: transactions.unknown += 1
        }
        transactions.producersRecreated += result.producersRecreated
        let bounds = WorkerSnapshot.Transactions.durationBounds
        transactions.durations[bounds.firstIndex { result.duration <= $0 } ?? bounds.count] += 1
        transactions.durationSum += result.duration
    }
}
