/// One record to be written.
public struct OutgoingRecord: Hashable, Sendable {
    /// Where it goes.
    public var topic: String
    /// The partition; nil leaves it to the partitioner, which is Java's default one (murmur2 of the key; a record
    /// without a key goes anywhere), so that a key lands where the other clients put it.
    public var partition: Int32?
    /// The key; nil is null.
    public var key: [UInt8]?
    /// The value; nil is null, a tombstone in a compacted topic.
    public var value: [UInt8]?
    /// The headers in their order.
    public var headers: [Header]
    /// Milliseconds since 1970, UTC; nil is now.
    public var timestamp: Int64?

    /// Describes a record; nothing is written yet.
    public init(
        topic: String, partition: Int32? = nil, key: [UInt8]?, value: [UInt8]?, headers: [Header] = [],
        timestamp: Int64? = nil
    ) {
        self.topic = topic
        self.partition = partition
        self.key = key
        self.value = value
        self.headers = headers
        self.timestamp = timestamp
    }
}
