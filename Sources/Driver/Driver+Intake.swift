import Engine

/// What becomes of a record that the consumer hands over.
public enum Reception: Equatable, Sendable {
    case take
    case ignore
    /// Ignored, and the first of a series: the partition is read again from an earlier offset than this one.
    case reread(next: Int64)
}

extension Driver {
    /// Whether a record is to be given to the engine: once, in any case.
    ///
    /// The library does not promise that: 2.0.2 starts a partition again from where it was assigned, or last paused, when it
    /// is resumed without having been paused. It does so by itself too, to a partition that was added while a revocation
    /// waited for its answer. And a reader whose offset is gone starts at the beginning. Whatever lies below what was taken
    /// in already has been answered, or is in the ledger.
    public mutating func receive(_ source: Source) -> Reception {
        let place = InputPartition(topic: source.topic, partition: source.partition)
        guard let next = nextOffsets[place] else { return .ignore }
        guard source.offset >= next else {
            return rereading.insert(place).inserted ? .reread(next: next) : .ignore
        }
        if !rereading.isEmpty { rereading.remove(place) }
        nextOffsets[place] = source.offset + 1
        return .take
    }

    /// Begins to fetch a partition that has been restored.
    mutating func startIntake(_ intake: Intake) {
        let partition = intake.partition
        guard owned.contains(partition), !restoring.contains(partition), stage == .running else { return }
        guard revocation == nil else {
            postponedIntakes.append(intake)
            return
        }
        for topic in InputTopic.allCases {
            nextOffsets[InputPartition(topic: topic, partition: partition)] = intake.positions[topic] ?? 0
        }
        let isSeek = !fetched.insert(partition).inserted
        standing.remove(partition)
        actions.append(.startIntake(IntakeStart(intake: intake, isSeek: isSeek, isPaused: isPaused)))
        actions.append(.wakeLeaders(fetched))
    }

    /// The consumer would not fetch a partition, or not from there.
    ///
    /// What was not put right must not be fetched: records would be missed. So it stands still, and is tried again.
    ///
    /// - Parameter isAssigned: it is assigned all the same.
    public mutating func intakeFailed(_ intake: Intake, isAssigned: Bool, at now: Moment) {
        if !isAssigned { fetched.remove(intake.partition) }
        guard owned.contains(intake.partition), !restoring.contains(intake.partition) else { return }
        stand(intake.partition)
        failedIntakes.append(intake)
        retryIntakesAt = now.monotonic + 500
    }

    /// Tries again what has failed.
    mutating func retryIntakes() {
        retryIntakesAt = nil
        let failed = failedIntakes
        failedIntakes = []
        for intake in failed { startIntake(intake) }
    }

    /// Stops fetching a partition whose state in memory is worthless, until it has been restored.
    mutating func stand(_ partition: Int32) {
        failedIntakes.removeAll { $0.partition == partition }
        postponedIntakes.removeAll { $0.partition == partition }
        forgetOffsets(partition)
        guard fetched.contains(partition), standing.insert(partition).inserted else { return }
        actions.append(.pause([partition]))
    }

    mutating func forgetOffsets(_ partition: Int32) {
        for topic in InputTopic.allCases {
            nextOffsets[InputPartition(topic: topic, partition: partition)] = nil
        }
    }
}
