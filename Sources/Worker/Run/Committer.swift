import Engine
import EventLoop
import Kafka

/// A tick on its way to the thread that commits.
struct CommitJob: Sendable {
    let tick: Tick
    /// Of both inputs, for every partition that the tick writes for.
    let offsets: [PartitionOffset]
    /// Read at the moment when the tick was taken: whoever was evicted since then is refused.
    let group: GroupMetadata
}

/// How a tick ended.
struct CommitResult: Sendable {
    let end: TickEnd
    let records: Int
    /// In seconds.
    let duration: Double
    let producersRecreated: Int
    /// Another process has taken our place in the group: this one must end.
    let isReplaced: Bool
}

/// Commits ticks, one at a time, on a thread of its own: transactional calls block, for much longer than they are told to
/// when brokers die. It owns the producer.
///
/// What it does with an error follows from the error's flags alone, never from its name (kafka-facts: `_TIMED_OUT` came
/// in all three kinds): retriable, the same call again without limit; abortable, abort; fatal, a new producer. Whatever
/// fails before the commit is surely not committed. A commit that ends in a fatal error may have happened.
final class Committer {
    private let clients: KafkaClients
    private let encoder: OutcomeEncoder
    private let log: Log
    private var producer: TransactionalProducer?
    private var producersRecreated = 0
    private var isReplaced = false
    /// One call; it is made again as often as it takes.
    private let timeout: Int32 = 5000

    init(clients: KafkaClients, encoder: OutcomeEncoder) {
        self.clients = clients
        self.encoder = encoder
        log = clients.log
    }

    /// The body of the thread.
    static func run(
        clients: KafkaClients, encoder: OutcomeEncoder, inbox: Mailbox<CommitJob>,
        ready: @Sendable () -> Void, ended: @Sendable (CommitResult) -> Void
    ) {
        let committer = Committer(clients: clients, encoder: encoder)
        _ = committer.openProducer()
        ready()
        while true {
            for job in inbox.wait() { ended(committer.commit(job)) }
        }
    }

    private func commit(_ job: CommitJob) -> CommitResult {
        let began = MonotonicClock.nanoseconds()
        producersRecreated = 0
        var records = 0
        let end = attempt(job, records: &records)
        return CommitResult(
            end: end, records: records, duration: Double(MonotonicClock.nanoseconds() - began) / 1e9,
            producersRecreated: producersRecreated, isReplaced: isReplaced)
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
            undo(error, producer)
            return .aborted
        }
        do throws(KafkaError) {
            try insist("commit") { () throws(KafkaError) in
                try producer.commitTransaction(milliseconds: timeout)
            }
            return .committed
        } catch  where error.requiresAbort && !error.isFatal {
            undo(error, producer)
            return .aborted
        } catch {
            log.warning(
                "transaction.unknown",
                "it is not known whether a transaction was committed; its partitions are restored",
                ["error": .text(error.name), "detail": .text(error.message)])
            discard()
            // Its initTransactions decides the old transaction's fate, for which the restore waits.
            _ = openProducer()
            return .unknown
        }
    }

    /// Writes everything of a tick; returns how many records.
    private func produce(_ tick: Tick, _ producer: TransactionalProducer) throws(KafkaError) -> Int {
        var count = 0
        let ledger = clients.settings.topics.ledger
        for part in tick.parts {
            for write in part.ledger {
                let record = LedgerRecord(write)
                try producer.produce(
                    topic: ledger, partition: part.partition, key: record.key, value: record.value,
                    headers: record.headers)
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
            }
        }
    }

    /// Ends a transaction that surely is not committed.
    private func undo(_ cause: KafkaError, _ producer: TransactionalProducer) {
        if cause.is(.fencedInstanceID) { isReplaced = true }
        // In a rebalance the generation rises between reading it and committing: no cause for concern.
        let isOrdinary = cause.is(.illegalGeneration) || cause.is(.unknownMemberID)
        log.write(
            isOrdinary ? .info : .warning, "transaction.aborted", "a transaction was aborted and is written again",
            ["error": .text(cause.name), "detail": .text(cause.message)])
        guard !cause.isFatal, producer.fatalError == nil else {
            discard()
            return
        }
        do throws(KafkaError) {
            try insist("abort") { () throws(KafkaError) in try producer.abortTransaction(milliseconds: timeout) }
        } catch {
            // Ordinary: the broker was quicker, or has forgotten the transaction. A new producer's initTransactions ends
            // whatever is left of it.
            discard()
        }
    }

    private func discard() {
        producer = nil
        producersRecreated += 1
    }

    /// The producer, made and registered if need be. While the brokers are away there is nothing else to do but go on
    /// trying.
    private func openProducer() -> TransactionalProducer {
        if let producer { return producer }
        var tries = 0
        while true {
            do throws(KafkaError) {
                let fresh = try clients.producer()
                try insist("init transactions") { () throws(KafkaError) in
                    try fresh.initTransactions(milliseconds: 15_000)
                }
                let topics = clients.settings.topics
                try? fresh.warmMetadata(
                    of: [topics.ledger, topics.claimReplies, topics.estateReplies, topics.deadLetters],
                    milliseconds: timeout)
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
