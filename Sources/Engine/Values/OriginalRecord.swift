import Estates

/// One of the two topics that requests come from.
public enum InputTopic: String, Hashable, Sendable, CaseIterable {
    case claimRequests = "claim-requests"
    case deathNotifications = "death-notifications"
}

/// Where a request record stood. It names the request for good: offsets are never used twice.
public struct Source: Hashable, Sendable {
    public let topic: InputTopic
    public let partition: Int32
    public let offset: Int64

    public init(topic: InputTopic, partition: Int32, offset: Int64) {
        self.topic = topic
        self.partition = partition
        self.offset = offset
    }
}

/// A header of a record; the name may come more than once and the value may be null.
public struct RecordHeader: Hashable, Sendable {
    public let name: String
    public let value: [UInt8]?

    public init(name: String, value: [UInt8]?) {
        self.name = name
        self.value = value
    }
}

/// A request record as it was produced, to the byte: what a dead letter must keep.
public struct OriginalRecord: Hashable, Sendable {
    public let source: Source
    /// Milliseconds since 1970 as the record has it; -1 when it has none.
    public let timestamp: Int64
    public let key: [UInt8]?
    public let value: [UInt8]?
    public let headers: [RecordHeader]

    public init(source: Source, timestamp: Int64, key: [UInt8]?, value: [UInt8]?, headers: [RecordHeader]) {
        self.source = source
        self.timestamp = timestamp
        self.key = key
        self.value = value
        self.headers = headers
    }
}
