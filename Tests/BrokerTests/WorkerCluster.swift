import Kafka
import PortalSimulator
import WorkerHarness

/// What workers share, on the real broker.
struct WorkerCluster {
    let cluster: Cluster
    let installation: Installation

    /// - Parameter limits: `max.message.bytes` by topic, as in `ledger`; the broker's default otherwise.
    init(partitions: Int32 = 4, limits: [String: String] = [:]) throws {
        let cluster = try Cluster()
        self.cluster = cluster
        installation = try Installation(bootstrap: cluster.bootstrap, partitions: partitions) {
            inputs, outputs, ledger in
            let topics = (inputs + outputs + [ledger]).map { topic in
                var configuration = topic == ledger ? ["cleanup.policy": "compact"] : [:]
                for (name, limit) in limits where topic.hasPrefix("\(name)-") {
                    configuration["max.message.bytes"] = limit
                }
                return NewTopic(
                    name: topic, partitions: partitions, replicationFactor: -1, configuration: configuration)
            }
            for (topic, failure) in try cluster.admin.createTopics(topics, milliseconds: 20_000) {
                if let failure { throw KafkaError(.invalidArgument, message: "\(topic): \(failure)") }
            }
            try cluster.awaitTopics(topics.map(\.name))
        }
    }
}
