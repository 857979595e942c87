import Engine

/// A revocation that has not been answered yet: its partitions are being drained.
struct Revocation: Sendable {
    let partitions: Set<Int32>
    var undrained: Set<Int32>
    /// Milliseconds on the monotonic clock; everything this worker owns stands still until it is answered.
    let deadline: Int64
}

extension Driver {
    /// How long a revocation may wait for calls under way, in milliseconds.
    static var patience: Int64 { 2000 }

    /// Whether the consumer is to be polled. Rebalances come through the same queue as records, so a full window stops it
    /// only until the partitions are paused.
    public var mayTakeEvents: Bool { engine.wantsRecords || isPaused || stage != .running }

    /// The group has given us these, perhaps none.
    ///
    /// Nothing is fetched yet: the answer assigns nothing, and each partition is assigned when it has been restored, from
    /// the offsets that were found then. So no record can arrive before its ledger.
    public mutating func assigned(_ partitions: Set<Int32>, as membership: Membership?, at now: Moment) {
        absorbCommands()
        actions.append(.answerAssignment)
        guard stage == .joining || stage == .running else { return }
        stage = .running
        confirm(membership, at: now)
        actions.append(.tell(.assigned(partitions)))
        for partition in partitions.sorted() where owned.insert(partition).inserted {
            engine.assigned(partition, at: now)
        }
        actions.append(.wakeLeaders(fetched))
    }

    /// These are to be given up, or were taken already (`isLost`).
    public mutating func revoked(
        _ partitions: Set<Int32>, isLost: Bool, as membership: Membership?, at now: Moment
    ) {
        absorbCommands()
        actions.append(.tell(.revoked(partitions, isLost: isLost)))
        let ours = partitions.intersection(owned)
        // Of an earlier membership nothing can be committed.
        if isLost || stage == .closing || membership?.name != member {
            // An answer to an earlier question is answered by this one too: the library never asks two at once.
            answerRevocation(of: partitions, at: now)
            return
        }
        // What was drained for the end already is not drained again.
        let undrained = stage == .draining ? ours.intersection(undrainedAtStop) : ours
        revocation = Revocation(
            partitions: partitions, undrained: undrained, deadline: now.monotonic + Driver.patience)
        for partition in ours.sorted() { engine.drain(partition, at: now) }
    }

    /// Answers the revocation when all is drained, or when it has waited long enough: what is unfinished is settled by
    /// the next owner, from its intent.
    mutating func finishRevocation(at now: Moment) {
        guard let pending = revocation else { return }
        guard pending.undrained.isEmpty || now.monotonic >= pending.deadline else { return }
        if !pending.undrained.isEmpty { actions.append(.tell(.undrained(pending.undrained))) }
        answerRevocation(of: pending.partitions, at: now)
    }

    private mutating func answerRevocation(of partitions: Set<Int32>, at now: Moment) {
        revocation = nil
        for partition in partitions.sorted() {
            engine.revoked(partition, at: now)
            actions.append(.forgetRestore(partition: partition))
            forgetOffsets(partition)
        }
        let unassigned = fetched.intersection(partitions)
        undrainedAtStop.subtract(partitions)
        owned.subtract(partitions)
        disowned.subtract(partitions)
        restoring.subtract(partitions)
        standing.subtract(partitions)
        fetched.subtract(partitions)
        actions.append(.answerRevocation(unassigning: unassigned))
        actions.append(.wakeLeaders(fetched))
        let postponed = postponedIntakes
        postponedIntakes = []
        for intake in postponed { startIntake(intake) }
    }
}
