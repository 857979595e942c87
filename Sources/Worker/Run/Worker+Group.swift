import Engine
import Estates
import EventLoop
import Kafka

/// A revocation that has not been answered yet: its partitions are being drained.
struct Revocation {
    let partitions: Set<Int32>
    var undrained: Set<Int32>
    /// Milliseconds on the monotonic clock; everything this worker owns stands still until it is answered.
    let deadline: Int64
}

extension Worker {
    /// How long a revocation may wait for calls under way.
    private static let patience: Int64 = 2000

    /// Joins the group, once the producer has its transactional id: before that nothing could be committed.
    func join(_ limits: TopicLimits) {
        isProducerReady = true
        self.limits = limits
        guard stage == .joining else { return }
        do throws(KafkaError) { try consumer.subscribe(to: [settings.topics.claimRequests]) } catch {
            giveUp("the group cannot be joined: \(error.message)")
        }
    }

    var mayTakeEvents: Bool { engine.wantsRecords || isPaused || stage != .running }

    /// Polls the consumer, as long as records are welcome.
    ///
    /// Rebalances come through the same queue. So when the window stays full, the partitions are paused and polling goes
    /// on; a pause throws away what was fetched, so it is not done for a moment's fullness.
    func takeEvents() {
        let time = MonotonicClock.milliseconds()
        if engine.wantsRecords || stage != .running {
            fullSince = nil
            if isPaused, engine.hasRoomAgain { resume() }
        } else if let since = fullSince {
            if time - since > 200, !isPaused { pause() }
        } else {
            fullSince = time
        }
        guard mayHaveEvents else { return }
        var budget = 256
        while mayTakeEvents, budget > 0 {
            guard let event = consumer.poll() else {
                mayHaveEvents = false
                return
            }
            budget -= 1
            handle(event)
        }
    }

    private func handle(_ event: ConsumerEvent) {
        switch event {
        case .record(let record): take(record)
        case .assigned(let places): assigned(Set(places.map(\.partition)))
        case .revoked(let places, let lost): revoked(Set(places.map(\.partition)), lost: lost)
        case .failed(let error):
            if error.isFatal {
                giveUp(
                    error.is(.fencedInstanceID)
                        ? "another process has joined with the same instance.id, and takes over"
                        : "the consumer has failed for good: \(error.message)")
            } else {
                log.info("kafka.error", error.message, ["error": .text(error.name)])
            }
        case .partitionFailed(let place, let error):
            log.warning(
                "kafka.partition", error.message, ["partition": .text("\(place)"), "error": .text(error.name)])
        case .endOfPartition, .statistics:
            break
        }
    }

    /// Nothing is fetched yet: the answer assigns nothing, and each partition is assigned when it has been restored, from
    /// the offsets that were found then. So no record can arrive before its ledger.
    private func assigned(_ partitions: Set<Int32>) {
        attempt("answer an assignment") { () throws(KafkaError) in try consumer.incrementallyAssign([]) }
        guard stage == .joining || stage == .running else { return }
        stage = .running
        confirmMembership()
        log.info("group.assigned", "partitions were assigned", ["partitions": .text("\(partitions.sorted())")])
        for partition in partitions.sorted() where owned.insert(partition).inserted {
            engine.assigned(partition, at: now)
        }
        wakeLeaders()
    }

    private func revoked(_ partitions: Set<Int32>, lost: Bool) {
        log.info(
            "group.revoked", lost ? "partitions were lost" : "partitions are to be given up",
            ["partitions": .text("\(partitions.sorted())")])
        let ours = partitions.intersection(owned)
        if lost || stage == .closing || hasLostMembership {
            // An answer to an earlier question is answered by this one too: the library never asks two at once.
            revocation = nil
            giveUpPartitions(partitions)
            return
        }
        // What was drained for the end already is not drained again.
        let undrained = stage == .draining ? ours.intersection(undrainedAtStop) : ours
        revocation = Revocation(
            partitions: partitions, undrained: undrained, deadline: MonotonicClock.milliseconds() + Worker.patience)
        for partition in ours.sorted() { engine.drain(partition, at: now) }
        finishRevocation()
    }

    /// Answers the revocation when all is drained, or when it has waited long enough: what is unfinished is settled by
    /// the next owner, from its intent.
    func finishRevocation() {
        guard let pending = revocation else { return }
        let isOver = MonotonicClock.milliseconds() >= pending.deadline
        guard pending.undrained.isEmpty || isOver else { return }
        if !pending.undrained.isEmpty {
            log.info(
                "group.undrained", "partitions are given up with calls under way",
                ["partitions": .text("\(pending.undrained.sorted())")])
        }
        revocation = nil
        giveUpPartitions(pending.partitions)
        let postponed = postponedIntakes
        postponedIntakes = []
        for intake in postponed where owned.contains(intake.partition) {
            startIntake(intake.partition, intake.positions)
        }
    }

    private func giveUpPartitions(_ partitions: Set<Int32>) {
        for partition in partitions.sorted() {
            engine.revoked(partition, at: now)
            restores.post(.forget(partition: partition))
            for topic in InputTopic.allCases {
                nextOffsets[InputPartition(topic: topic, partition: partition)] = nil
            }
        }
        owned.subtract(partitions)
        disowned.subtract(partitions)
        restoring.subtract(partitions)
        standing.subtract(partitions)
        unassign(fetched.intersection(partitions))
        fetched.subtract(partitions)
        wakeLeaders()
    }

    /// Answers a revocation. It must be answered whatever happens: until then the whole group waits.
    private func unassign(_ partitions: Set<Int32>) {
        do throws(KafkaError) { try consumer.incrementallyUnassign(places(partitions)) } catch {
            // The library refuses all when it has not one of them; and it has none when it is closing or has failed.
            log.warning("kafka.consumer", "cannot give partitions up: \(error.message)", ["error": .text(error.name)])
            attempt("give partitions up") { () throws(KafkaError) in
                let assigned = Set(try consumer.assignment())
                try consumer.incrementallyUnassign(places(partitions).filter { assigned.contains($0) })
            }
        }
    }

    func wakeLeaders() { wakes.post(places(fetched)) }

    func places(_ partitions: Set<Int32>) -> [TopicPartition] {
        partitions.sorted().flatMap { partition in
            InputTopic.allCases.map { TopicPartition(settings.topics.name(of: $0), partition) }
        }
    }

    /// Calls of the consumer that fail only when it is finished, which the next event tells.
    func attempt(_ what: String, _ call: () throws(KafkaError) -> Void) {
        do throws(KafkaError) { try call() } catch {
            log.warning(
                "kafka.consumer", "cannot \(what): \(error.message)", ["error": .text(error.name)])
        }
    }
}
