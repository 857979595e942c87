import CKafka

/// librdkafka's in-process stand-in for a cluster, for tests of the order of calls and of errors, and for a first look.
///
/// It is no Kafka: aborted records stay visible, transactions fence nobody, nothing outlives the process. What it proves
/// about exactly-once is nothing.
public final class MockCluster: Sendable {
    private let client: Client
    private let cluster: NativeHandle

    /// Starts brokers, numbered from 1, on free ports of 127.0.0.1; they stop when this is let go.
    public init(brokers: Int = 1) throws(KafkaError) {
        let callbacks = Callbacks(log: { _ in }, delivered: { _, _ in })
        client = try Client(.producer, settings: [:], callbacks: callbacks)
        guard let cluster = rd_kafka_mock_cluster_new(client.pointer, CInt(brokers)) else {
            throw KafkaError(.invalidArgument, message: "mock cluster of \(brokers) brokers")
        }
        self.cluster = NativeHandle(pointer: cluster)
    }

    // Runs before the client's own, as the library wants it: the cluster lives inside of the client.
    deinit { rd_kafka_mock_cluster_destroy(cluster.pointer) }

    /// For `bootstrap.servers`.
    public var bootstrapServers: String { String(cString: rd_kafka_mock_cluster_bootstraps(cluster.pointer)) }

    /// Creates a topic; others are created when they are first asked for, with four partitions.
    public func createTopic(_ name: String, partitions: Int, replicationFactor: Int = 1) throws(KafkaError) {
        try KafkaError.check(
            rd_kafka_mock_topic_create(cluster.pointer, name, CInt(partitions), CInt(replicationFactor)),
            about: "mock topic \(name)")
    }

    /// The next requests of this kind are refused, one with each of the errors, and then no more.
    public func pushRequestErrors(_ api: ApiKey, _ errors: [KafkaError.Code]) {
        let codes = errors.map { rd_kafka_resp_err_t($0.rawValue) }
        rd_kafka_mock_push_request_errors_array(cluster.pointer, api.rawValue, codes.count, codes)
    }

    /// Forgets the errors that are still waiting.
    public func clearRequestErrors(_ api: ApiKey) {
        rd_kafka_mock_clear_request_errors(cluster.pointer, api.rawValue)
    }

    /// Makes a broker the coordinator of a group.
    public func setCoordinator(ofGroup group: String, broker: Int32) throws(KafkaError) {
        try KafkaError.check(rd_kafka_mock_coordinator_set(cluster.pointer, "group", group, broker))
    }

    /// Makes a broker the coordinator of a `transactional.id`.
    public func setCoordinator(ofTransactionalID id: String, broker: Int32) throws(KafkaError) {
        try KafkaError.check(rd_kafka_mock_coordinator_set(cluster.pointer, "transaction", id, broker))
    }

    /// Makes a broker the leader of a partition.
    public func setLeader(of partition: TopicPartition, broker: Int32) throws(KafkaError) {
        try KafkaError.check(
            rd_kafka_mock_partition_set_leader(cluster.pointer, partition.topic, partition.partition, broker))
    }

    /// Cuts a broker's connections and refuses new ones.
    public func takeDown(broker: Int32) throws(KafkaError) {
        try KafkaError.check(rd_kafka_mock_broker_set_down(cluster.pointer, broker))
    }

    /// Lets it accept connections again.
    public func bringUp(broker: Int32) throws(KafkaError) {
        try KafkaError.check(rd_kafka_mock_broker_set_up(cluster.pointer, broker))
    }

    /// Makes a broker answer so much later.
    public func delay(broker: Int32, milliseconds: Int) throws(KafkaError) {
        try KafkaError.check(rd_kafka_mock_broker_set_rtt(cluster.pointer, broker, CInt(milliseconds)))
    }
}
