import Driver
import Engine
import EventLoop
import Kafka

/// Commits ticks, one at a time, on a thread of its own: transactional calls block, for much longer than they are told to
/// when brokers die. It owns the producer.
///
/// Which call comes next, whatever became of the last, says `TransactionRun`.
///
/// One error has no flags and returns with every attempt: a record that is larger than its topic takes. The limits are
/// asked for then, or lowered, and the tick's partitions are restored: the records are read again, and with the new limits
/// what is too large is refused (`Worker+Events`) or cut (`OutgoingRecord.truncated`).
final class Committer {
    let clients: KafkaClients
    var encoder: OutcomeEncoder
    let log: Log
    var limits = TopicLimits.unknown
    /// Each record goes in a batch of its own: a batch was refused as too large while the limits are not known.
    var isCautious = false
    private let awaitedLimits: AwaitedLimits
    private var batchBytes = 0
    private var producer: TransactionalProducer?
    private var producersRecreated = 0
    private var isReplaced = false
    /// In a row.
    private var refusals = 0
    /// One call; it is made again as often as it takes.
    private let timeout: Int32 = 5000

    init(clients: KafkaClients, encoder: OutcomeEncoder) {
        self.clients = clients
        self.encoder = encoder
        log = clients.log
        awaitedLimits = AwaitedLimits(clients)
    }

    /// The body of the thread; nil in the inbox ends it.
    static func run(
        clients: KafkaClients, encoder: OutcomeEncoder, inbox: Mailbox<CommitJob?>,
        ready: @Sendable (TopicLimits) -> Void, ended: @Sendable (CommitResult) -> Void
    ) {
        let committer = Committer(clients: clients, encoder: encoder)
        _ = committer.openProducer()
        ready(committer.limits)
        while true {
            for job in inbox.wait() {
                guard let job else { return }
                ended(committer.commit(job))
            }
        }
    }

    func commit(_ job: CommitJob) -> CommitResult {
        let began = MonotonicClock.nanoseconds()
        producersRecreated = 0
        if let told = awaitedLimits.take() { adopt(told) }
        var records = 0
        let end = attempt(job, records: &records)
        return CommitResult(
            end: end, records: records, duration: Double(MonotonicClock.nanoseconds() - began) / 1e9,
            producersRecreated: producersRecreated, isReplaced: isReplaced, limits: limits)
    }

    func adopt(_ told: TopicLimits) {
        limits = told
        encoder.deadLetterLimit = told.deadLetters
        // The first producer was made before the limits were known. It has no transaction open.
        if told.smallest < min(batchBytes, 1_000_000) { producer = nil }
    }

    /// Makes the calls that the run wants, until it knows how it ends.
    private func attempt(_ job: CommitJob, records: inout Int) -> TickEnd {
        var run = TransactionRun()
        var cause: KafkaError?
        var refused: KafkaError?
        var tries = 0
        while true {
            let step = run.step
            if case .end(let end) = step {
                if end == .unknown { tellUnknown(cause) }
                if let refused, let tick = job.tick { return tooLarge(refused, tick) }
                if run.wantsRest { rest() }
                if end == .committed { refusals = 0 }
                return end
            }
            do throws(KafkaError) {
                try perform(step, job, &records)
                tries = 0
                run.succeeded()
            } catch {
                run.failed(TransactionRun.Failure(error, isProducerFatal: producer?.fatalError != nil))
                if run.step == step {
                    tries += 1
                    if tries % 6 == 1 { tellSlow(error, at: step, tries) }
                    // Most of them have waited inside of the library.
                    NativeThread.sleep(milliseconds: 20)
                } else if step != .abort {
                    cause = error
                    if step != .commit { refused = refusal(error) }
                    if step != .commit || run.step == .abort { tellAborted(error) }
                }
            }
        }
    }

    private func perform(_ step: TransactionRun.Step, _ job: CommitJob, _ records: inout Int) throws(KafkaError) {
        if step == .discardProducer { return discard() }
        let producer = openProducer()
        switch step {
        case .openProducer, .discardProducer, .end: break
        case .begin: try producer.beginTransaction()
        case .produce: records = try produce(job.tick, producer)
        case .flush: try flush(producer)
        case .confirm: if let failure = producer.takeDeliveryFailure() { throw failure }
        case .sendOffsets: try producer.sendOffsets(job.offsets, group: job.group, milliseconds: timeout)
        case .commit: try producer.commitTransaction(milliseconds: timeout)
        case .abort: try producer.abortTransaction(milliseconds: timeout)
        }
    }

    /// After a record was refused the library sends none of those that are still queued, and a flush waits for them until the
    /// transaction's time is over. So it is looked for meanwhile. The same flush would not find it again, hence no retry.
    private func flush(_ producer: TransactionalProducer) throws(KafkaError) {
        let end = MonotonicClock.milliseconds() + Int64(timeout)
        while true {
            do throws(KafkaError) { return try producer.flush(milliseconds: 100) } catch {
                if let failure = producer.takeDeliveryFailure() { throw failure.final }
                guard error.isRetriable, MonotonicClock.milliseconds() < end else { throw error }
            }
        }
    }

    /// That a record is too large, if that is what an error is about.
    private func refusal(_ error: KafkaError) -> KafkaError? {
        if error.is(.messageTooLarge) { return error }
        guard let failure = producer?.takeDeliveryFailure(), failure.is(.messageTooLarge) else { return nil }
        return failure
    }

    private func tellSlow(_ error: KafkaError, at step: TransactionRun.Step, _ tries: Int) {
        log.warning(
            "transaction.slow", "\(step) has not succeeded yet and is tried again",
            ["error": .text(error.name), "tries": .number(Int64(tries))])
    }

    private func tellAborted(_ cause: KafkaError) {
        if cause.is(.fencedInstanceID) { isReplaced = true }
        // In a rebalance the generation rises between reading it and committing: no cause for concern.
        let isOrdinary = cause.is(.illegalGeneration) || cause.is(.unknownMemberID)
        log.write(
            isOrdinary ? .info : .warning, "transaction.aborted", "a transaction was aborted and is written again",
            ["error": .text(cause.name), "detail": .text(cause.message)])
    }

    private func tellUnknown(_ cause: KafkaError?) {
        log.warning(
            "transaction.unknown",
            "it is not known whether a transaction was committed; its partitions are restored",
            ["error": .text(cause?.name ?? ""), "detail": .text(cause?.message ?? "")])
    }

    /// After a refusal that has no flags: the same again is refused again for as long as a permission is missing, and the
    /// library remembers it for a while.
    private func rest() {
        refusals += 1
        NativeThread.sleep(milliseconds: min(5000, 50 << Int64(min(refusals, 8))))
    }

    /// Writes everything of a tick; returns how many records.
    private func produce(_ tick: Tick?, _ producer: TransactionalProducer) throws(KafkaError) -> Int {
        guard let tick else { return 0 }
        var count = 0
        let ledger = clients.settings.topics.ledger
        let writer = LedgerWriter.header(clients.transactionalID)
        let mark = LedgerMark.headers(clients.settings.mode)
        for part in tick.parts {
            for (number, write) in part.ledger.enumerated() {
                let record = LedgerRecord(write, clients.seal)
                try producer.produce(
                    topic: ledger, partition: part.partition, key: record.key, value: record.value,
                    headers: (number == 0 ? [writer] : []) + mark + record.headers)
            }
            for outcome in part.outcomes { try producer.produce(encoder.record(outcome)) }
            for update in part.updates { try producer.produce(encoder.record(update)) }
            count += part.ledger.count + part.outcomes.count + part.updates.count
        }
        return count
    }

    func discard() {
        guard producer != nil else { return }
        producer = nil
        producersRecreated += 1
    }

    /// The producer, made and registered if need be. While the brokers are away there is nothing else to do but go on
    /// trying.
    func openProducer() -> TransactionalProducer {
        if let producer { return producer }
        var tries = 0
        while true {
            do throws(KafkaError) {
                batchBytes = isCautious ? 1 : limits.smallest
                let fresh = try clients.producer(batchBytes: batchBytes)
                try initTransactions(fresh)
                try? fresh.warmMetadata(of: clients.settings.topics.written, milliseconds: timeout)
                producer = fresh
                return fresh
            } catch {
                tries += 1
                log.error(
                    "producer.unavailable", "the transactional producer cannot be opened; it is tried again",
                    ["error": .text(error.name), "detail": .text(error.message), "tries": .number(Int64(tries))])
                NativeThread.sleep(milliseconds: min(10_000, 250 << Int64(min(tries, 6))))
            }
        }
    }

    /// Goes on for as long as the failure is retriable: the call goes on where it was.
    private func initTransactions(_ producer: TransactionalProducer) throws(KafkaError) {
        var tries = 0
        while true {
            do throws(KafkaError) { return try producer.initTransactions(milliseconds: 15_000) } catch {
                guard error.isRetriable, !error.isFatal, !error.requiresAbort else { throw error }
                tries += 1
                if tries % 6 == 1 { tellSlow(error, at: .openProducer, tries) }
                NativeThread.sleep(milliseconds: 20)
            }
        }
    }
}

extension TransactionRun.Failure {
    fileprivate init(_ error: KafkaError, isProducerFatal: Bool) {
        self.init(
            isRetriable: error.isRetriable, requiresAbort: error.requiresAbort,
            isFatal: error.isFatal || isProducerFatal)
    }
}
