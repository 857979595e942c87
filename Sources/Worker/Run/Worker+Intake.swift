import Engine
import EventLoop
import Kafka

/// One partition of one input.
struct InputPartition: Hashable {
    let topic: InputTopic
    let partition: Int32
}

extension Worker {
    /// Takes a record in, once.
    ///
    /// The library does not promise that: 2.0.2 starts a partition again from where it was assigned, or last paused, when it
    /// is resumed without having been paused. It does so by itself too, to a partition that was added while a revocation
    /// waited for its answer. And a reader whose offset is gone starts at the beginning. Whatever lies below what was taken
    /// in already has been answered, or is in the ledger.
    func take(_ record: Record) {
        guard let topic = settings.topics.input(named: record.topic) else { return }
        let place = InputPartition(topic: topic, partition: record.partition)
        guard let next = nextOffsets[place] else { return }
        guard record.offset >= next else {
            if rereading.insert(place).inserted {
                log.info(
                    "kafka.reread", "records come again that were taken in already; they are ignored",
                    [
                        "partition": .text("\(record.topicPartition)"), "offset": .number(record.offset),
                        "next": .number(next),
                    ])
            }
            return
        }
        if !rereading.isEmpty { rereading.remove(place) }
        nextOffsets[place] = record.offset + 1
        let original = OriginalRecord(
            source: Source(topic: topic, partition: record.partition, offset: record.offset),
            timestamp: record.timestamp, key: record.key, value: record.value,
            headers: record.headers.map { RecordHeader(name: $0.name, value: $0.value) })
        engine.record(original, read(original), at: now)
    }

    private func read(_ record: OriginalRecord) -> ParsedRecord {
        let size = RecordSize.stored(record)
        guard size <= limits.ledger else {
            return .rejected(
                Failure(
                    .malformed, stage: .parse,
                    message: "the record is larger than the \(limits.ledger) bytes that the ledger takes"))
        }
        return parser.parse(record)
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
        for topic in InputTopic.allCases {
            nextOffsets[InputPartition(topic: topic, partition: partition)] = positions[topic] ?? 0
        }
        let isStarted = fetched.contains(partition)
        do throws(KafkaError) {
            if isStarted {
                // Only hands the order to the library's own thread, so it takes no time even when brokers are away.
                try consumer.seek(places, milliseconds: 1000)
            } else {
                try consumer.incrementallyAssign(places)
                fetched.insert(partition)
            }
            standing.remove(partition)
            // The library remembers a pause even from an earlier time when the partition was ours.
            let inputs = places.map(\.topicPartition)
            if isPaused { try consumer.pause(inputs) } else { try consumer.resume(inputs) }
        } catch {
            // What was not put right must not be fetched: records would be missed. So it is tried again.
            log.warning(
                "kafka.consumer", "the intake of a partition cannot be started yet: \(error.message)",
                ["partition": .number(Int64(partition)), "error": .text(error.name)])
            stand(partition)
            failedIntakes.append((partition, positions))
        }
        wakeLeaders()
    }

    /// Tries again what has failed or had to wait.
    func retryIntakes() {
        let failed = failedIntakes
        failedIntakes = []
        for intake in failed where owned.contains(intake.partition) && !restoring.contains(intake.partition) {
            startIntake(intake.partition, intake.positions)
        }
    }

    /// Stops fetching a partition whose state in memory is worthless, until it has been restored.
    func stand(_ partition: Int32) {
        failedIntakes.removeAll { $0.partition == partition }
        postponedIntakes.removeAll { $0.partition == partition }
        guard fetched.contains(partition), standing.insert(partition).inserted else { return }
        attempt("pause a partition") { () throws(KafkaError) in try consumer.pause(places([partition])) }
    }

    func pause() {
        isPaused = true
        attempt("pause") { () throws(KafkaError) in try consumer.pause(places(fetched)) }
    }

    func resume() {
        isPaused = false
        attempt("resume") { () throws(KafkaError) in try consumer.resume(places(fetched.subtracting(standing))) }
    }
}
