import Engine
import EventLoop
import Glibc
import Kafka
import PortalSimulator
import Synchronization
import Worker

private let made = Atomic(0)

/// Topics of their own and a portal: what workers of one group share.
package final class Installation: Sendable {
    package let bootstrap: String
    package let portal: PortalSimulator
    package let group: String
    package let partitions: Int32
    private let suffix: String
    private let producer: Producer

    /// The topics are made by whoever knows how.
    package init(
        bootstrap: String, partitions: Int32, portal options: PortalSimulator.Options = .forTests,
        createTopics: (_ inputs: [String], _ outputs: [String], _ ledger: String) throws -> Void
    ) throws {
        self.bootstrap = bootstrap
        self.partitions = partitions
        suffix = "\(getpid())-\(MonotonicClock.milliseconds())-\(made.add(1, ordering: .relaxed).newValue)"
        group = "workers-\(suffix)"
        portal = try PortalSimulator(options: options)
        producer = try Producer(
            settings: ["bootstrap.servers": bootstrap, "message.max.bytes": "104857600"], log: { _ in })
        try createTopics(
            [topic("claim-requests"), topic("death-notifications")],
            [topic("claim-replies"), topic("estate-replies"), topic("dead-letters")], topic("ledger"))
    }

    package func topic(_ name: String) -> String { "\(name)-\(suffix)" }

    /// - Parameter more: settings by name, over those that suit a test: short waits, no endpoints.
    package func settings(_ more: [String: String] = [:]) throws -> WorkerSettings {
        var all = [
            "group.id": group, "kafka.bootstrap.servers": bootstrap, "portal.environment": "simulator",
            "portal.url": portal.url, "portal.token.auth": "none", "admin.listen": "none",
            "kafka.session.timeout.ms": "6000", "kafka.heartbeat.interval.ms": "300", "retry.backoff.min": "50ms",
            "retry.backoff.max": "500ms", "estate.wait.min": "1s", "portal.call.timeout": "2s",
            "drain.timeout": "5s", "kafka.transaction.timeout.ms": "10000",
        ]
        for name in [
            "claim-requests", "death-notifications", "claim-replies", "estate-replies", "dead-letters", "ledger",
        ] {
            all["topics.\(name)"] = topic(name)
        }
        var settings = try WorkerSettings.load(
            file: nil, environment: [:],
            overrides: all.merging(more) { _, more in more }.map { "\($0.key)=\($0.value)" })
        // The simulator's answers are true at once, so what is in doubt need not be waited out for long.
        settings.engine.portalGrace = 500
        settings.engine.lease = 3000
        return settings
    }

    package func worker(
        _ more: [String: String] = [:], prepare: @escaping @Sendable (Worker) -> Void = { _ in }
    ) throws -> RunningWorker {
        RunningWorker(try settings(more), prepare: prepare)
    }

    /// Writes requests; returns where they stand.
    @discardableResult
    package func send(_ records: [TestRecord]) throws -> Set<Place> {
        let outgoing = records.map { record in
            OutgoingRecord(
                topic: topic(record.topic), partition: record.partition.map { $0 % partitions }, key: record.key,
                value: record.value, headers: record.headers)
        }
        return Set(
            try producer.deliver(outgoing, milliseconds: 30_000).map { outcome in
                let stands = try outcome.get()
                return Place(
                    topic: stands.topicPartition.topic, partition: stands.topicPartition.partition,
                    offset: stands.offset.number ?? -1)
            })
    }

    package func answers() throws -> Answers { try Answers(self) }
}

/// Where a request stood.
package struct Place: Hashable, Sendable, CustomStringConvertible {
    package let topic: String
    package let partition: Int32
    package let offset: Int64

    package var description: String { "\(topic)-\(partition)@\(offset)" }
}

extension PortalSimulator.Options {
    /// Every person has an estate.
    package static var forTests: Self {
        var options = Self()
        options.anyEstate = true
        options.tokenAuthentication = .none
        return options
    }
}
