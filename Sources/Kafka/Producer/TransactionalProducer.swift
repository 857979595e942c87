import CKafka
import Synchronization

/// A producer that writes records and moves a group's offsets in one transaction (KIP-98, KIP-447).
///
/// In order: `initTransactions` once; then, again and again, `beginTransaction`, `produce`…, `flush`, `sendOffsets`,
/// `commitTransaction`. What to do when one of them fails is said at `KafkaError`, and only its flags matter. Three things
/// were measured that the order rests on:
///
/// - **Every transaction sends offsets**, also one that has no new ones (unchanged ones are accepted), for every partition
///   that it writes for. One that does not is not fenced by the group: a worker that lost its partitions could commit it.
/// - **Flush before `sendOffsets` and before an abort**, or give the producer up after the abort. One with unsent records was
///   seen to end in `OUT_OF_ORDER_SEQUENCE_NUMBER` later, and can do worse (`TransactionRun`).
/// - **Some 5 ms between a commit and the next `produce`.** Sooner, the broker says `CONCURRENT_TRANSACTIONS` and the
///   library waits 20 ms before it tries again.
///
/// One thread at a time may use it. The calls with `milliseconds` overrun their time-out (5 s became 45 s with all brokers
/// down), so that thread must not be the one that polls a consumer.
public final class TransactionalProducer: Sendable {
    private let client: Client
    private let failures: DeliveryFailures
    private let isOpen = Atomic(false)

    /// Makes a producer; it connects by itself, later.
    ///
    /// - Parameter settings: librdkafka's, with `bootstrap.servers` and `transactional.id`.
    /// - Parameter log: called on the library's threads.
    /// - Throws: a setting that does not exist or cannot be, or is missing, with its name.
    public init(settings: ClientSettings, log: @escaping @Sendable (LogLine) -> Void) throws(KafkaError) {
        guard settings["transactional.id"]?.isEmpty == false else {
            throw KafkaError(.invalidArgument, message: "transactional.id: must be set for transactions")
        }
        let failures = DeliveryFailures()
        let callbacks = Callbacks(log: log) { outcome, opaque in
            if case .failure(let failure) = outcome { failures.note(failure) }
            guard let opaque else { return }
            // Each record has one delivery report, and `produce` retained this for it.
            Unmanaged<AwaitedDelivery>.fromOpaque(opaque).takeRetainedValue().delivered(outcome)
        }
        self.failures = failures
        client = try Client(.producer, settings: Producer.withJavaPartitioner(settings), callbacks: callbacks)
    }

    /// Registers the `transactional.id`: fences every other producer that has it, and finishes what the last one left
    /// open. Blocking.
    public func initTransactions(milliseconds: Int32) throws(KafkaError) {
        try KafkaError.check(rd_kafka_init_transactions(client.pointer, milliseconds))
    }

    /// Begins a transaction. Nothing is sent yet, so it does not block.
    public func beginTransaction() throws(KafkaError) {
        _ = failures.take()
        try KafkaError.check(rd_kafka_begin_transaction(client.pointer))
        isOpen.store(true, ordering: .relaxed)
    }

    /// Adds a record to the transaction. Its bytes are copied and sent in the background. It blocks only when the queue is
    /// full, until there is room, for ten seconds at most.
    ///
    /// - Parameter partition: nil leaves it to Java's default partitioner.
    /// - Parameter value: nil is a tombstone.
    /// - Parameter timestamp: milliseconds since 1970, UTC; nil is now.
    /// - Throws: `queueFull` (retriable), `messageTooLarge` (no flag: it will never fit), or an error with `requiresAbort`
    ///   when the transaction has failed already.
    public func produce(
        topic: String, partition: Int32? = nil, key: [UInt8]?, value: [UInt8]?, headers: [Header] = [],
        timestamp: Int64? = nil
    ) throws(KafkaError) {
        try enqueue(
            OutgoingRecord(
                topic: topic, partition: partition, key: key, value: value, headers: headers, timestamp: timestamp),
            opaque: nil)
    }

    /// Adds a record to the transaction: the same as the other `produce`.
    public func produce(_ record: OutgoingRecord) throws(KafkaError) { try enqueue(record, opaque: nil) }

    /// Adds a record to the transaction, and tells where it stands: the place is sure once the transaction has committed.
    ///
    /// - Parameter delivered: called once, on the thread that flushes.
    public func produce(
        _ record: OutgoingRecord, delivered: @escaping Producer.Delivery
    ) throws(KafkaError) {
        let awaited = Unmanaged.passRetained(AwaitedDelivery(delivered))
        do {
            try enqueue(record, opaque: awaited.toOpaque())
        } catch {
            awaited.release()
            throw error
        }
    }

    private func enqueue(_ record: OutgoingRecord, opaque: UnsafeMutableRawPointer?) throws(KafkaError) {
        do {
            try client.produce(
                record.topic, record.partition, key: record.key, value: record.value, headers: record.headers,
                timestamp: record.timestamp, opaque: opaque)
        } catch {
            // A transaction that has failed refuses records with _STATE and no flags; the only way on is an abort.
            guard error.is(.wrongState), isOpen.load(ordering: .relaxed) else { throw error }
            throw KafkaError(.wrongState, message: error.message, requiresAbort: true)
        }
    }

    /// Waits until all records are delivered or have failed. Blocking.
    ///
    /// - Throws: a time-out (retriable). A record that failed does not show here but in `takeDeliveryFailure`, and in what
    ///   the next transactional call answers.
    public func flush(milliseconds: Int32) throws(KafkaError) { try client.flush(milliseconds: milliseconds) }

    /// Moves the group's offsets when this transaction commits, provided that the group still has this member in this
    /// generation. Blocking.
    ///
    /// - Throws: `illegalGeneration`, `unknownMemberID`, `fencedInstanceID` (all `requiresAbort`) when it has not.
    public func sendOffsets(
        _ offsets: [PartitionOffset], group: GroupMetadata, milliseconds: Int32
    ) throws(KafkaError) {
        let list = PartitionList(offsets)
        try KafkaError.check(
            rd_kafka_send_offsets_to_transaction(client.pointer, list.pointer, group.handle.pointer, milliseconds))
    }

    /// Commits, after a flush of its own. Blocking. When it returns, readers see everything.
    ///
    /// - Throws: with `isRetriable`, it is neither committed nor aborted: call again.
    public func commitTransaction(milliseconds: Int32) throws(KafkaError) {
        try KafkaError.check(rd_kafka_commit_transaction(client.pointer, milliseconds))
        isOpen.store(false, ordering: .relaxed)
    }

    /// Drops everything that was produced since `beginTransaction`. Blocking.
    ///
    /// - Throws: with `isRetriable`, call again; a fatal one is ordinary, and the broker will abort by itself.
    public func abortTransaction(milliseconds: Int32) throws(KafkaError) {
        try KafkaError.check(rd_kafka_abort_transaction(client.pointer, milliseconds))
        isOpen.store(false, ordering: .relaxed)
    }

    /// The first record of this transaction that was not delivered, or nil. Asking forgets it.
    ///
    /// The library makes the transaction abortable then, so it does not commit; this is the reason, for the log.
    public func takeDeliveryFailure() -> KafkaError? {
        rd_kafka_poll(client.pointer, 0)
        return failures.take()
    }

    /// Why this producer is finished, or nil when it is not.
    public var fatalError: KafkaError? { client.fatalError }

    /// Lets the library know these topics before the first record: otherwise the first one to each waits for up to a
    /// second in 2.0.2. Blocking.
    public func warmMetadata(of topics: [String], milliseconds: Int32) throws(KafkaError) {
        try client.warmMetadata(of: topics, milliseconds: milliseconds)
    }
}
