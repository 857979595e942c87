import Engine

/// Whether a transaction is wanted.
public enum TickWish: Equatable, Sendable {
    case nothing
    /// Not before then; nanoseconds on the monotonic clock.
    case later(Int64)
    case now
}

/// What one transaction carries.
public struct Commitment: Sendable {
    /// Nil when only offsets are to be committed, so that they do not expire.
    public let tick: Tick?
    /// Of both inputs, for every partition that the tick writes for: without them the group would not fence it.
    public let offsets: [(place: InputPartition, offset: Int64)]
}

extension Driver {
    /// The producer has its transactional id. Before that nothing can be committed, so the group is joined after it.
    public mutating func producerReady() { isProducerReady = true }

    /// Whether a transaction is wanted now: at once when idle, about every `transaction.interval` under load.
    public func tickWish(at now: Moment, nanoseconds: Int64) -> TickWish {
        guard isProducerReady, !isTickUnderWay else { return .nothing }
        guard engine.hasSomethingToWrite else { return areOffsetsOld(at: now) ? .now : .nothing }
        return nanoseconds >= pace.due ? .now : .later(pace.due)
    }

    /// Takes what is to be committed; nil when there is nothing, or nobody to commit it as.
    ///
    /// - Parameter membership: read just before this, on the thread that handles rebalances, and to be sent with the
    ///   transaction. So none ever goes out with metadata that are younger than the partitions it was made for. Were they
    ///   read when it is committed: the process is stopped, evicted and goes on; the library rejoins; the tick of the old
    ///   time would pass as one of the new member.
    public mutating func takeTick(as membership: Membership?, at now: Moment, nanoseconds: Int64) -> Commitment? {
        guard isProducerReady, !isTickUnderWay, mayCommit(as: membership, at: now) else { return nil }
        let commitment: Commitment
        if let tick = engine.takeTick(at: now) {
            commitment = Commitment(tick: tick, offsets: offsets(tick.parts.map { ($0.partition, $0.positions) }))
        } else if areOffsetsOld(at: now) {
            offsetsKeptAt = now.monotonic
            // Nothing waits to be written, so what the engine has taken in is exactly what is committed.
            let partitions = engine.overview.partitions.filter { owned.contains($0.number) }
            commitment = Commitment(tick: nil, offsets: offsets(partitions.map { ($0.number, $0.positions) }))
            guard !commitment.offsets.isEmpty else { return nil }
        } else {
            return nil
        }
        isTickUnderWay = true
        pace.startedAt = nanoseconds
        return commitment
    }

    /// How the transaction ended.
    public mutating func tickEnded(_ end: TickEnd, at now: Moment, nanoseconds: Int64) {
        isTickUnderWay = false
        pace.endedAt = nanoseconds
        engine.tickEnded(end, at: now)
    }

    /// Whether offsets are to be committed only to keep them.
    ///
    /// Brokers forget offsets that are not committed for `offsets.retention.minutes` (a week), not only those of a group
    /// without members but also those of a topic that no member subscribes to, and nobody subscribes to the death
    /// notifications (they come along with the claim requests). A partition on which nothing happens for a week would be
    /// read from its beginning after the next restart.
    private func areOffsetsOld(at now: Moment) -> Bool {
        stage == .running && restoring.isEmpty && revocation == nil
            && now.monotonic - offsetsKeptAt >= offsetsLifetime
    }

    private func offsets(
        _ positions: [(partition: Int32, of: [InputTopic: Int64])]
    ) -> [(place: InputPartition, offset: Int64)] {
        positions.flatMap { partition, positions in
            InputTopic.allCases.compactMap { topic in
                positions[topic].map { (InputPartition(topic: topic, partition: partition), $0) }
            }
        }
    }
}

/// When the next tick may be taken; nanoseconds on the monotonic clock.
struct TickPace: Sendable {
    /// Brokers want some milliseconds between a commit and the next transaction: without them the client backs off for
    /// 20 ms (AddPartitionsToTxn finds the markers of the one before unwritten).
    private static let gap: Int64 = 5_000_000

    let interval: Int64
    var startedAt: Int64 = 0
    var endedAt: Int64 = 0

    init(interval: Int64) { self.interval = interval }

    var due: Int64 { max(startedAt + interval, endedAt + TickPace.gap) }
}
