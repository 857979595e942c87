/// A topic to be created.
public struct NewTopic: Hashable, Sendable {
    /// The topic's name: letters, digits, `.`, `_` and `-`, 249 at most.
    public var name: String
    /// How many partitions; -1 is the cluster's default.
    public var partitions: Int32
    /// How many copies of each partition; -1 is the cluster's default (KIP-464).
    public var replicationFactor: Int32
    /// The topic's own settings, such as `cleanup.policy`.
    public var configuration: [String: String]

    /// Describes a topic; nothing is created yet.
    public init(name: String, partitions: Int32, replicationFactor: Int32, configuration: [String: String] = [:]) {
        self.name = name
        self.partitions = partitions
        self.replicationFactor = replicationFactor
        self.configuration = configuration
    }
}
