import CKafka

/// A topic as the cluster has it.
public struct TopicDescription: Hashable, Sendable {
    /// One of its partitions.
    public struct Partition: Hashable, Sendable {
        /// From 0.
        public let number: Int32
        /// The broker that leads it; nil when none does at present.
        public let leader: Int32?
        /// The brokers that have a copy.
        public let replicas: [Int32]
        /// Those whose copy is up to date.
        public let inSyncReplicas: [Int32]
    }

    /// The topic's name.
    public let name: String
    /// In the order of their numbers.
    public let partitions: [Partition]

    init(_ topic: rd_kafka_metadata_topic) {
        name = String(cString: topic.topic)
        partitions = UnsafeBufferPointer(start: topic.partitions, count: Int(topic.partition_cnt))
            .map { Partition($0) }
            .sorted { $0.number < $1.number }
    }
}

extension TopicDescription.Partition {
    fileprivate init(_ partition: rd_kafka_metadata_partition) {
        number = partition.id
        leader = partition.leader < 0 ? nil : partition.leader
        replicas = Array(UnsafeBufferPointer(start: partition.replicas, count: Int(partition.replica_cnt)))
        inSyncReplicas = Array(UnsafeBufferPointer(start: partition.isrs, count: Int(partition.isr_cnt)))
    }
}
