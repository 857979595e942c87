import Driver
import Engine
import Estates
import EventLoop
import Kafka
import Portal

extension Worker {
    /// Carries out what the driver wants, until it wants nothing more.
    func carryOut() {
        while case let actions = driver.takeActions(at: now), !actions.isEmpty {
            for action in actions { carryOut(action) }
        }
    }

    private func carryOut(_ action: Action) {
        switch action {
        case .call(let ticket, let call, let deadline):
            begin(ticket, call, deadline: deadline)
        case .cancel(let ticket):
            unchecked[ticket] = nil
            if let id = calls[ticket] { portal.cancel(id) }
        case .report(let report): tell(report)
        case .restore(let partition, let epoch): restores.post(.restore(partition: partition, epoch: epoch))
        case .forgetRestore(let partition): restores.post(.forget(partition: partition))
        case .answerAssignment:
            attempt("answer an assignment") { () throws(KafkaError) in try consumer.incrementallyAssign([]) }
        case .answerRevocation(let partitions): unassign(partitions)
        case .startIntake(let start): startIntake(start)
        case .pause(let partitions):
            attempt("pause") { () throws(KafkaError) in try consumer.pause(places(partitions)) }
        case .resume(let partitions):
            attempt("resume") { () throws(KafkaError) in try consumer.resume(places(partitions)) }
        case .wakeLeaders(let partitions): wakes.post(places(partitions))
        case .close:
            consumer.beginClose()
            mayHaveEvents = true
        case .tell(let notice): tell(notice)
        }
    }

    func start(_ ticket: CallTicket, _ call: PortalCall, deadline: Int64) {
        calls[ticket] = portal.start(withKey(call), deadline: deadline * 1_000_000) { [unowned self] result in
            calls[ticket] = nil
            driver.engine.answered(ticket, result, at: now)
        }
    }

    /// The engine names what a key stands for; on the wire it is a digest, which fits any header and tells nothing.
    private func withKey(_ call: PortalCall) -> PortalCall {
        switch call {
        case .search, .lookUp, .changes: call
        case .submit(let estate, let identity, let contents, let key):
            .submit(estate, identity, contents, idempotencyKey: SHA256Digest.hex(of: key))
        case .amend(let estate, let filing, let identity, let contents, let key):
            .amend(estate, filing, identity, contents, idempotencyKey: SHA256Digest.hex(of: key))
        case .withdraw(let estate, let filing, let identity, let key):
            .withdraw(estate, filing, identity, idempotencyKey: SHA256Digest.hex(of: key))
        case .attach(let estate, let filing, let identity, let attachment, let record, let key):
            .attach(
                estate, filing, identity, attachment, record: record, idempotencyKey: SHA256Digest.hex(of: key))
        }
    }

    // MARK: The consumer

    private func startIntake(_ start: IntakeStart) {
        let partition = start.intake.partition
        let inputs = InputTopic.allCases.map { topic in
            PartitionOffset(
                TopicPartition(settings.topics.name(of: topic), partition),
                start.intake.positions[topic].map { .at($0) } ?? .beginning)
        }
        var isAssigned = start.isSeek
        do throws(KafkaError) {
            if start.isSeek {
                // Only hands the order to the library's own thread, so it takes no time even when brokers are away.
                try consumer.seek(inputs, milliseconds: 1000)
            } else {
                try consumer.incrementallyAssign(inputs)
                isAssigned = true
            }
            if start.isPaused {
                try consumer.pause(places([partition]))
            } else {
                try consumer.resume(places([partition]))
            }
        } catch {
            log.warning(
                "kafka.consumer", "the intake of a partition cannot be started yet: \(error.message)",
                ["partition": .number(Int64(partition)), "error": .text(error.name)])
            driver.intakeFailed(start.intake, isAssigned: isAssigned, at: now)
        }
    }

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

    private func places(_ partitions: Set<Int32>) -> [TopicPartition] {
        partitions.sorted().flatMap { partition in
            InputTopic.allCases.map { TopicPartition(settings.topics.name(of: $0), partition) }
        }
    }

    /// Calls of the consumer that fail only when it is finished, which the next event tells.
    private func attempt(_ what: String, _ call: () throws(KafkaError) -> Void) {
        do throws(KafkaError) { try call() } catch {
            log.warning(
                "kafka.consumer", "cannot \(what): \(error.message)", ["error": .text(error.name)])
        }
    }
}
