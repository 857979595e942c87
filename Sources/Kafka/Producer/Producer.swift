import CKafka

/// An idempotent producer without transactions: every record arrives once and in order, or its failure is reported.
///
/// It can fail for good (`OUT_OF_ORDER_SEQUENCE_NUMBER` was seen after a broker had been stopped for a while). Every record
/// that was under way is then reported with an error, `send` throws with `isFatal`, and a new producer goes on. Whether
/// the records so reported were written is unknown: who must not write twice looks before sending again.
///
/// Somebody has to serve the delivery reports: `poll` now and then, or `flush`.
public final class Producer: Sendable {
    /// What became of a record: where it stands, or why it does not.
    public typealias Delivery = @Sendable (Result<PartitionOffset, KafkaError>) -> Void

    private let client: Client

    /// Makes a producer; it connects by itself, later. `enable.idempotence` is on unless the settings say otherwise.
    ///
    /// - Parameter log: called on the library's threads.
    /// - Throws: a setting that does not exist or cannot be, with its name.
    public init(settings: ClientSettings, log: @escaping @Sendable (LogLine) -> Void) throws(KafkaError) {
        let settings = settings.merging(["enable.idempotence": "true"]) { given, _ in given }
        let callbacks = Callbacks(log: log) { outcome, opaque in
            guard let opaque else { return }
            // Each record has one delivery report, and `send` retained this for it.
            Unmanaged<AwaitedDelivery>.fromOpaque(opaque).takeRetainedValue().delivered(outcome)
        }
        client = try Client(.producer, settings: Self.withJavaPartitioner(settings), callbacks: callbacks)
    }

    /// Puts a record into the queue. It blocks only when that is full, for ten seconds at most.
    ///
    /// - Parameter delivered: called once, by whoever polls or flushes; also with an error when the producer is let go.
    /// - Throws: when the record was not taken; `delivered` is not called then. With `isFatal`, make a new producer.
    public func send(_ record: OutgoingRecord, delivered: @escaping Delivery) throws(KafkaError) {
        let waiting = Unmanaged.passRetained(AwaitedDelivery(delivered))
        do {
            try client.produce(
                record.topic, record.partition, key: record.key, value: record.value, headers: record.headers,
                timestamp: record.timestamp, opaque: waiting.toOpaque())
        } catch {
            waiting.release()
            throw error
        }
    }

    /// Serves delivery reports.
    ///
    /// - Parameter milliseconds: how long to wait for the first one.
    public func poll(milliseconds: Int32 = 0) { rd_kafka_poll(client.pointer, milliseconds) }

    /// Waits until each record is delivered or has failed, and reports them all. Blocking.
    ///
    /// - Throws: a time-out (retriable), while some are still under way.
    public func flush(milliseconds: Int32) throws(KafkaError) { try client.flush(milliseconds: milliseconds) }

    /// How many records are not reported yet.
    public var unreported: Int { Int(rd_kafka_outq_len(client.pointer)) }

    /// Why this producer is finished, or nil when it is not.
    public var fatalError: KafkaError? { client.fatalError }

    /// Lets the library know these topics before the first record. Blocking.
    public func warmMetadata(of topics: [String], milliseconds: Int32) throws(KafkaError) {
        try client.warmMetadata(of: topics, milliseconds: milliseconds)
    }

    /// librdkafka's own default partitioner sends keys elsewhere than Java's does; a key must have one home.
    static func withJavaPartitioner(_ settings: ClientSettings) -> ClientSettings {
        settings.merging(["partitioner": "murmur2_random"]) { given, _ in given }
    }
}
