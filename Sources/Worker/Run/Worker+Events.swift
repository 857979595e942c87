import Driver
import Engine
import Kafka

extension Worker {
    /// Joins the group, once the producer has its transactional id: before that nothing could be committed.
    func join(_ limits: TopicLimits) {
        driver.producerReady()
        self.limits = limits
        guard driver.stage == .joining else { return }
        do throws(KafkaError) { try consumer.subscribe(to: [settings.topics.claimRequests]) } catch {
            giveUp("the group cannot be joined: \(error.message)")
        }
    }

    /// Polls the consumer, as long as its events are welcome.
    func takeEvents() {
        guard mayHaveEvents else { return }
        var budget = 256
        while driver.mayTakeEvents, budget > 0 {
            guard let event = consumer.poll() else {
                mayHaveEvents = false
                break
            }
            budget -= 1
            handle(event)
        }
        carryOut()
    }

    /// Our membership of the group as it is now.
    var membership: Membership? { consumer.groupMetadata().map(Membership.init) }

    private func handle(_ event: ConsumerEvent) {
        switch event {
        case .record(let record): take(record)
        case .assigned(let places):
            driver.assigned(Set(places.map(\.partition)), as: membership, at: now)
            carryOut()
        case .revoked(let places, let lost):
            driver.revoked(Set(places.map(\.partition)), isLost: lost, as: membership, at: now)
            carryOut()
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

    /// Gives a record to the engine, unless it was taken in already.
    private func take(_ record: Record) {
        guard let topic = settings.topics.input(named: record.topic) else { return }
        let source = Source(topic: topic, partition: record.partition, offset: record.offset)
        switch driver.receive(source) {
        case .take:
            let original = OriginalRecord(
                source: source, timestamp: record.timestamp, key: record.key, value: record.value,
                headers: record.headers.map { RecordHeader(name: $0.name, value: $0.value) })
            driver.engine.record(original, read(original), at: now)
        case .reread(let next):
            log.info(
                "kafka.reread", "records come again that were taken in already; they are ignored",
                [
                    "partition": .text("\(record.topicPartition)"), "offset": .number(record.offset),
                    "next": .number(next),
                ])
        case .ignore:
            break
        }
    }

    private func read(_ record: OriginalRecord) -> ParsedRecord {
        let size = RecordSize.stored(record)
        guard size <= limits.ledger else {
            return .rejected(
                Failure(
                    .malformed, stage: .parse,
                    message: "the record is larger than the \(limits.ledger) bytes that the ledger takes"))
        }
        return parser.admit(record, settings.allowedCreditors)
    }
}

extension Membership {
    init(_ metadata: GroupMetadata) { self.init(name: metadata.memberID, isMember: metadata.isMember) }
}
