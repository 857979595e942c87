/// A place in a partition: where to read next, or what a group has committed.
public struct PartitionOffset: Hashable, Sendable, CustomStringConvertible {
    /// The partition.
    public let topicPartition: TopicPartition
    /// The offset of the *next* record to be read, as everywhere in Kafka: one more than that of the last one read.
    public let offset: Offset

    /// Names a place in a partition.
    public init(_ topicPartition: TopicPartition, _ offset: Offset) {
        self.topicPartition = topicPartition
        self.offset = offset
    }

    /// `topic-partition@offset`.
    public var description: String { "\(topicPartition)@\(offset)" }
}
