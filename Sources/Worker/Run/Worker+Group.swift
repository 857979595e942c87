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
    func join() {
        isProducerReady = true
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
        case .record(let record):
            guard let topic = settings.topics.input(named: record.topic) else { return }
            let original = OriginalRecord(
                source: Source(topic: topic, partition: record.partition, offset: record.offset),
                timestamp: record.timestamp, key: record.key, value: record.value,
                headers: record.headers.map { RecordHeader(name: $0.name, value: $0.value) })
            engine.record(original, parser.parse(original), at: now)
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
        if lost || stage == .closing {
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
        giveUpPartitions(pending.partitions)
        revocation = nil
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
        }
        owned.subtract(partitions)
        restoring.subtract(partitions)
        standing.subtract(partitions)
        let fetchedOnes = fetched.intersection(partitions)
        fetched.subtract(partitions)
        attempt("give partitions up") { () throws(KafkaError) in
            try consumer.incrementallyUnassign(places(fetchedOnes))
        }
        wakeLeaders()
    }

    /// Begins to fetch a partition that has been restored.
    func startIntake(_ partition: Int32, _ positions: [InputTopic: Int64]) {
        guard revocation == nil else {
            postponedIntakes.append((partition, positions))
            return
        }
        guard owned.contains(partition), stage == .running else { return }
        let places = InputTopic.allCases.map { topic in
            PartitionOffset(
                TopicPartition(settings.topics.name(of: topic), partition),
                positions[topic].map { .at($0) } ?? .beginning)
        }
        if fetched.contains(partition) {
            standing.remove(partition)
            attempt("go back to the committed offsets") { () throws(KafkaError) in
                try consumer.seek(places, milliseconds: 5000)
            }
            if !isPaused {
                attempt("resume a partition") { () throws(KafkaError) in
                    try consumer.resume(places.map(\.topicPartition))
                }
            }
        } else {
            fetched.insert(partition)
            attempt("fetch a partition") { () throws(KafkaError) in
                try consumer.incrementallyAssign(places)
                // The library remembers a pause even from an earlier time when the partition was ours.
                let inputs = places.map(\.topicPartition)
                if isPaused { try consumer.pause(inputs) } else { try consumer.resume(inputs) }
            }
        }
        wakeLeaders()
    }

    /// Stops fetching a partition whose state in memory is worthless, until it has been restored.
    func stand(_ partition: Int32) {
        guard fetched.contains(partition), standing.insert(partition).inserted else { return }
        attempt("pause a partition") { () throws(KafkaError) in try consumer.pause(places([partition])) }
    }

    func pause() {
        isPaused = true
        attempt("pause") { () throws(KafkaError) in try consumer.pause(places(fetched)) }
    }

    private func resume() {
        isPaused = false
        attempt("resume") { () throws(KafkaError) in try consumer.resume(places(fetched.subtracting(standing))) }
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
