import Kafka

/// What the cluster has of one topic, as far as the plan is concerned.
struct TopicFacts: Hashable, Sendable {
    var partitions: Int
    /// Of the partition that has the fewest.
    var replicas: Int
    /// Nil when it cannot be read: forbidden, or a broker that does not tell.
    var configuration: [String: String]?

    init(partitions: Int, replicas: Int, configuration: [String: String]? = nil) {
        self.partitions = partitions
        self.replicas = replicas
        self.configuration = configuration
    }

    init(_ description: TopicDescription) {
        self.init(
            partitions: description.partitions.count,
            replicas: description.partitions.map(\.replicas.count).min() ?? 0)
    }

    func number(_ setting: String) -> Int64? { configuration?[setting].flatMap { Int64($0) } }
}

/// What the cluster has of all topics.
struct TopicSurvey: Sendable {
    /// Topics that are there.
    var facts: [TopicRole: TopicFacts] = [:]
    /// Topics that could not be asked for, such as forbidden ones; those that are simply missing stand nowhere.
    var failures: [TopicRole: String] = [:]
    /// Why no configuration could be read.
    var configurationFailure: String?
}
