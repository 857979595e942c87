import Driver
import Engine
import EventLoop
import Kafka

extension Worker {
    /// Commits what is ready.
    func tickIfDue() {
        let time = MonotonicClock.nanoseconds()
        switch driver.tickWish(at: now, nanoseconds: time) {
        case .nothing: return
        case .later(let due): tickTimer?.deadline = due
        case .now:
            let group = consumer.groupMetadata()
            let commitment = driver.takeTick(as: group.map(Membership.init), at: now, nanoseconds: time)
            guard let commitment, let group else {
                // Between an eviction and the event that tells of it. There is nothing to commit as nobody.
                tickTimer?.deadline = time + 50_000_000
                return
            }
            let offsets = commitment.offsets.map { place, offset in
                PartitionOffset(TopicPartition(settings.topics.name(of: place.topic), place.partition), .at(offset))
            }
            commits.post(CommitJob(tick: commitment.tick, offsets: offsets, group: group))
        }
    }

    func tickEnded(_ result: CommitResult) {
        count(result)
        limits = result.limits
        driver.tickEnded(result.end, at: now, nanoseconds: MonotonicClock.nanoseconds())
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
