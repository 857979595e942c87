import CKafka

/// Owns an `rd_kafka_topic_partition_list_t`, librdkafka's way to pass partitions and offsets in and out.
struct PartitionList: ~Copyable {
    let pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>

    /// Takes over a list that the library made.
    init(consuming pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>) { self.pointer = pointer }

    init(_ offsets: [PartitionOffset]) {
        pointer = rd_kafka_topic_partition_list_new(CInt(offsets.count))
        for place in offsets {
            let added = rd_kafka_topic_partition_list_add(
                pointer, place.topicPartition.topic, place.topicPartition.partition)
            added?.pointee.offset = place.offset.native
        }
    }

    init(_ partitions: [TopicPartition]) { self.init(partitions.map { PartitionOffset($0, .none) }) }

    init(topics: [String]) { self.init(topics.map { TopicPartition($0, -1) }) }

    deinit { rd_kafka_topic_partition_list_destroy(pointer) }

    var partitions: [TopicPartition] { Self.partitions(in: pointer) }

    var offsets: [PartitionOffset] {
        Self.elements(in: pointer).map { PartitionOffset(TopicPartition($0), Offset(native: $0.offset)) }
    }

    /// Throws the first error that stands beside a partition, with the partition's name.
    func checkEach() throws(KafkaError) {
        for element in Self.elements(in: pointer) where element.err != RD_KAFKA_RESP_ERR_NO_ERROR {
            throw KafkaError(element.err, about: TopicPartition(element).description)
        }
    }

    static func partitions(in list: UnsafePointer<rd_kafka_topic_partition_list_t>?) -> [TopicPartition] {
        elements(in: list).map { TopicPartition($0) }
    }

    private static func elements(
        in list: UnsafePointer<rd_kafka_topic_partition_list_t>?
    ) -> UnsafeBufferPointer<rd_kafka_topic_partition_t> {
        UnsafeBufferPointer(start: list?.pointee.elems, count: Int(list?.pointee.cnt ?? 0))
    }
}

extension TopicPartition {
    init(_ element: rd_kafka_topic_partition_t) { self.init(String(cString: element.topic), element.partition) }
}
