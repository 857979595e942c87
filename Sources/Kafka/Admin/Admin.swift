import CKafka

/// Looks after topics and asks about the cluster. All calls block, and any thread may make them.
///
/// It is a consumer underneath, and not a producer: a producer that merely asks about a topic may create it.
public final class Admin: Sendable {
    let client: Client

    /// Makes a client; it connects by itself, later.
    ///
    /// - Parameter log: called on the library's threads.
    /// - Throws: a setting that does not exist or cannot be, with its name.
    public init(settings: ClientSettings, log: @escaping @Sendable (LogLine) -> Void) throws(KafkaError) {
        // A subscription would need the group; questions do not. Its name is left out, so that nobody can join by mistake.
        let settings = settings.filter { $0.key != "group.id" && $0.key != "group.instance.id" }
        client = try Client(.consumer, settings: settings, callbacks: Callbacks(log: log, delivered: { _, _ in }))
    }

    /// The brokers that are up.
    public func brokers(milliseconds: Int32) throws(KafkaError) -> [Broker] {
        try client.withMetadata(of: nil, milliseconds: milliseconds) { metadata throws(KafkaError) in
            UnsafeBufferPointer(start: metadata.brokers, count: Int(metadata.broker_cnt))
                .map { Broker(id: $0.id, host: String(cString: $0.host), port: Int($0.port)) }
                .sorted { $0.id < $1.id }
        }
    }

    /// What each topic looks like, or why it cannot be told (`unknownTopicOrPartition`).
    ///
    /// - Throws: when the brokers cannot be asked at all.
    public func describeTopics(
        _ topics: [String], milliseconds: Int32
    ) throws(KafkaError) -> [String: Result<TopicDescription, KafkaError>] {
        var described: [String: Result<TopicDescription, KafkaError>] = [:]
        for topic in topics {
            do throws(KafkaError) {
                described[topic] = .success(try client.describe(topic, milliseconds: milliseconds))
            } catch {
                if error.isRetriable { throw error }
                described[topic] = .failure(error)
            }
        }
        return described
    }

    /// What a group has committed; `Offset.none` where it has committed nothing.
    ///
    /// - Throws: also when it cannot be told for one of the partitions, naming it.
    public func committedOffsets(
        group: String, _ partitions: [TopicPartition], milliseconds: Int32
    ) throws(KafkaError) -> [PartitionOffset] {
        if partitions.isEmpty { return [] }
        let list = PartitionList(partitions)
        var request: OpaquePointer? = rd_kafka_ListConsumerGroupOffsets_new(group, list.pointer)
        defer { rd_kafka_ListConsumerGroupOffsets_destroy(request) }
        let answer = try AdminAnswer(from: client, milliseconds: milliseconds) { pointer, options, queue in
            rd_kafka_ListConsumerGroupOffsets(pointer, &request, 1, options, queue)
        }
        var count = 0
        let result = rd_kafka_event_ListConsumerGroupOffsets_result(answer.event)
        guard let groups = rd_kafka_ListConsumerGroupOffsets_result_groups(result, &count), count > 0 else { return [] }
        if let refusal = rd_kafka_group_result_error(groups[0]) {
            // It belongs to the answer and is not ours to destroy.
            throw KafkaError(rd_kafka_error_code(refusal), about: "group \(group)")
        }
        guard let found = rd_kafka_group_result_partitions(groups[0]) else { return [] }
        // So does this: the list owns a copy.
        let copy = PartitionList(consuming: rd_kafka_topic_partition_list_copy(found))
        try copy.checkEach()
        let offsets = Dictionary(
            copy.offsets.map { ($0.topicPartition, $0) }, uniquingKeysWith: { first, _ in first })
        return partitions.map { offsets[$0] ?? PartitionOffset($0, .none) }
    }
}
