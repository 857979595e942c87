/// One record read from Kafka: a copy, which refers to no memory of the library.
public struct Record: Hashable, Sendable {
    /// The topic that it was read from.
    public let topic: String
    /// The partition's number.
    public let partition: Int32
    /// Its own offset; a reader goes on at the next.
    public let offset: Int64
    /// Milliseconds since 1970, UTC, the producer's or the broker's as the topic is configured; -1 when unknown.
    public let timestamp: Int64
    /// The key; nil is null.
    public let key: [UInt8]?
    /// The value; nil is null, which compacted topics call a tombstone.
    public let value: [UInt8]?
    /// The headers in their order.
    public let headers: [Header]

    /// Makes a record by hand, for tests.
    public init(
        topic: String, partition: Int32, offset: Int64, timestamp: Int64 = -1, key: [UInt8]?, value: [UInt8]?,
        headers: [Header] = []
    ) {
        self.topic = topic
        self.partition = partition
        self.offset = offset
        self.timestamp = timestamp
        self.key = key
        self.value = value
        self.headers = headers
    }

    /// The topic and the partition together.
    public var topicPartition: TopicPartition { TopicPartition(topic, partition) }

    /// The value of the last header of that name: later ones count, as in Kafka's own clients. Nil when there is none or
    /// it is null.
    public func header(_ name: String) -> [UInt8]? { headers.last { $0.name == name }?.value }
}
