import Kafka
import PortalSimulator
import WorkerHarness

@testable import Worker

/// A mock cluster with the topics of one installation.
///
/// The mock knows no transactions: what was aborted stays visible, nobody is fenced, offsets move when they are sent. So
/// tests on it show the order of calls, that nothing hangs, and that work goes on after an error. They show nothing about
/// exactly-once when a transaction was aborted; BrokerTests and the chaos run do. It also forgets the offsets that
/// transactions send, so whoever restores a partition needs `commitAll` first.
struct MockInstallation {
    let cluster: MockCluster
    let installation: Installation

    init(
        partitions: Int32 = 2, brokers: Int = 1, portal: PortalSimulator.Options = .forTests
    ) throws {
        let cluster = try MockCluster(brokers: brokers)
        self.cluster = cluster
        installation = try Installation(
            bootstrap: cluster.bootstrapServers, partitions: partitions, portal: portal
        ) { inputs, outputs, ledger in
            for topic in inputs + outputs + [ledger] {
                try cluster.createTopic(topic, partitions: Int(partitions), replicationFactor: 1)
            }
        }
    }

    /// Commits the ends of both inputs in the worker's name: what it would have committed once it has taken in all of them.
    func commitAll(_ worker: RunningWorker) {
        let topics = ["claim-requests", "death-notifications"].map(installation.topic)
        let places = topics.flatMap { topic in (0..<installation.partitions).map { TopicPartition(topic, $0) } }
        worker.onLoop { worker in
            let ends = places.compactMap { place in
                (try? worker.consumer.queryWatermarks(place, milliseconds: 10_000)).map {
                    PartitionOffset(place, .at($0.high))
                }
            }
            try? worker.consumer.commit(ends)
        }
    }
}
