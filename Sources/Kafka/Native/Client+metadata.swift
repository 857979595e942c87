import CKafka

extension Client {
    /// Asks the brokers about one topic, or about none, and hands the answer over for the time of a call.
    ///
    /// The library has no way to say "do not create it" on a producer, so topics that may not exist are asked for on a
    /// consumer (whose `allow.auto.create.topics` is false by default).
    func withMetadata<Result>(
        of topic: String?, milliseconds: Int32, _ body: (rd_kafka_metadata) throws(KafkaError) -> Result
    ) throws(KafkaError) -> Result {
        var metadata: UnsafePointer<rd_kafka_metadata>?
        let only: OpaquePointer? = if let topic { try self.topic(topic) } else { nil }
        let code = rd_kafka_metadata(pointer, 0, only, &metadata, milliseconds)
        try check(code, about: topic.map { "metadata of \($0)" } ?? "metadata")
        defer { rd_kafka_metadata_destroy(metadata) }
        guard let metadata else { throw KafkaError(.timedOut, message: "metadata", isRetriable: true) }
        return try body(metadata.pointee)
    }

    /// Each partition's leader; partitions that have none at present are left out.
    func leaders(of topic: String, milliseconds: Int32) throws(KafkaError) -> [TopicPartition: Int32] {
        let described = try describe(topic, milliseconds: milliseconds)
        var leaders: [TopicPartition: Int32] = [:]
        for partition in described.partitions {
            leaders[TopicPartition(topic, partition.number)] = partition.leader
        }
        return leaders
    }

    /// One topic's partitions.
    func describe(_ topic: String, milliseconds: Int32) throws(KafkaError) -> TopicDescription {
        try withMetadata(of: topic, milliseconds: milliseconds) { metadata throws(KafkaError) in
            for found in UnsafeBufferPointer(start: metadata.topics, count: Int(metadata.topic_cnt))
            where String(cString: found.topic) == topic {
                try KafkaError.check(found.err, about: "topic \(topic)")
                return TopicDescription(found)
            }
            throw KafkaError(.unknownTopicOrPartition, message: "topic \(topic)")
        }
    }

    /// Makes the library know the topics before they are needed.
    func warmMetadata(of topics: [String], milliseconds: Int32) throws(KafkaError) {
        for topic in topics { _ = try describe(topic, milliseconds: milliseconds) }
    }
}
