import Engine
import EventLoop
import Kafka

/// Commits ticks, one at a time, on a thread of its own: transactional calls block, for much longer than they are told to
/// when brokers die. It owns the producer.
///
/// What it does with an error follows from the error's flags alone, never from its name (kafka-facts: `_TIMED_OUT` came
/// in all three kinds): retriable, the same call again without limit; abortable, abort; fatal, a new producer. Whatever
/// fails before the commit is surely not committed. A commit that fails is surely not committed when an abort succeeds
/// after it; otherwise it may have happened.
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

    private func attempt(_ job: CommitJob, records: inout Int) -> TickEnd {
        let producer = openProducer()
        do throws(KafkaError) {
            try insist("begin") { () throws(KafkaError) in try producer.beginTransaction() }
            records = try produce(job.tick, producer)
            try insist("flush") { () throws(KafkaError) in try producer.flush(milliseconds: timeout) }
            if let failure = producer.takeDeliveryFailure() { throw failure }
            try insist("send offsets") { () throws(KafkaError) in
                try producer.sendOffsets(job.offsets, group: job.group, milliseconds: timeout)
            }
        } catch {
            let refused = error.is(.messageTooLarge) ? error : producer.takeDeliveryFailure()
            undo(error, producer)
            if let refused, refused.is(.messageTooLarge), let tick = job.tick { return tooLarge(refused, tick) }
            if !error.isRetriable, !error.requiresAbort, !error.isFatal { rest() }
            return .aborted
        }
        do throws(KafkaError) {
            try insist("commit") { () throws(KafkaError) in
                try producer.commitTransaction(milliseconds: timeout)
            }
            refusals = 0
            return .committed
        } catch {
            // The library may have given a transaction up whose EndTxn has reached the broker. An abort that succeeds
            // shows that it was not committed: a committed one cannot be aborted.
            if error.requiresAbort, undo(error, producer) { return .aborted }
            log.warning(
                "transaction.unknown",
                "it is not known whether a transaction was committed; its partitions are restored",
                ["error": .text(error.name), "detail": .text(error.message)])
            if self.producer != nil { discard() }
            // Its initTransactions decides the old transaction's fate, for which the restore waits.
            _ = openProducer()
            return .unknown
        }
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
        for part in tick.parts {
            for (number, write) in part.ledger.enumerated() {
                let record = LedgerRecord(write, clients.seal)
                try producer.produce(
                    topic: ledger, partition: part.partition, key: record.key, value: record.value,
                    headers: number == 0 ? [writer] + record.headers : record.headers)
            }
            for outcome in part.outcomes { try producer.produce(encoder.record(outcome)) }
            count += part.ledger.count + part.outcomes.count
        }
        return count
    }

    /// Makes a call again for as long as its failure is retriable.
    private func insist(_ what: String, _ call: () throws(KafkaError) -> Void) throws(KafkaError) {
        var tries = 0
        while true {
            do throws(KafkaError) {
                try call()
                return
            } catch {
                guard error.isRetriable, !error.isFatal, !error.requiresAbort else { throw error }
                tries += 1
                if tries % 6 == 1 {
                    log.warning(
                        "transaction.slow", "\(what) has not succeeded yet and is tried again",
                        ["error": .text(error.name), "tries": .number(Int64(tries))])
                }
                // Most of them have waited inside of the library.
                NativeThread.sleep(milliseconds: 20)
            }
        }
    }

    /// Aborts.
    ///
    /// - Returns: whether the abort succeeded. If not, the producer is gone, and the next one's initTransactions aborts.
    @discardableResult
    private func undo(_ cause: KafkaError, _ producer: TransactionalProducer) -> Bool {
        if cause.is(.fencedInstanceID) { isReplaced = true }
        // In a rebalance the generation rises between reading it and committing: no cause for concern.
        let isOrdinary = cause.is(.illegalGeneration) || cause.is(.unknownMemberID)
        log.write(
            isOrdinary ? .info : .warning, "transaction.aborted", "a transaction was aborted and is written again",
            ["error": .text(cause.name), "detail": .text(cause.message)])
        guard !cause.isFatal, producer.fatalError == nil else {
            discard()
            return false
        }
        do throws(KafkaError) {
            try insist("abort") { () throws(KafkaError) in try producer.abortTransaction(milliseconds: timeout) }
            return true
        } catch {
            // Ordinary: the broker was quicker, or has forgotten the transaction. A new producer's initTransactions ends
            // whatever is left of it.
            discard()
            return false
        }
    }

    func discard() {
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
                try insist("init transactions") { () throws(KafkaError) in
                    try fresh.initTransactions(milliseconds: 15_000)
                }
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
}
