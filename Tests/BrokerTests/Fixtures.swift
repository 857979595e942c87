import Glibc
import Kafka
import Synchronization
import Testing
import WorkerHarness

/// Milliseconds of a clock that only goes forward.
func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
}

private let made = Atomic(0)

/// A name that no other test and no earlier run has.
func unique(_ name: String) -> String {
    "\(name)-\(getpid())-\(now())-\(made.add(1, ordering: .relaxed).newValue)"
}

/// A topic of its own for each test, and clients for it.
struct Cluster {
    let bootstrap: String
    let admin: Admin

    init() throws {
        bootstrap = try TestBroker.bootstrap()
        admin = try Admin(settings: ["bootstrap.servers": bootstrap], log: { _ in })
    }

    /// A new topic; returns its name.
    func topic(_ name: String, partitions: Int32 = 1) throws -> String {
        let topic = unique(name)
        let created = try admin.createTopics(
            [NewTopic(name: topic, partitions: partitions, replicationFactor: -1)], milliseconds: 20_000)
        if let failure = created[topic] ?? nil { throw failure }
        try awaitTopics([topic])
        return topic
    }

    /// Waits until topics that were just made can be asked for: on a busy machine that takes a moment.
    func awaitTopics(_ topics: [String]) throws {
        let end = now() + 20_000
        while now() < end {
            let described = try admin.describeTopics(topics, milliseconds: 10_000).values
            if described.allSatisfy({ if case .success = $0 { true } else { false } }) { return }
        }
    }

    func consumer(group: String? = nil, with more: ClientSettings = [:]) throws -> Consumer {
        var settings = ClientSettings.recommendedConsumer()
        settings["bootstrap.servers"] = bootstrap
        settings["group.id"] = group
        settings["session.timeout.ms"] = "6000"
        settings["heartbeat.interval.ms"] = "300"
        return try Consumer(settings: settings.merging(more) { _, new in new }, log: { _ in })
    }

    /// A transactional producer that is ready to begin.
    func producer(_ id: String = unique("worker")) throws -> TransactionalProducer {
        var settings = ClientSettings.recommendedProducer()
        settings["bootstrap.servers"] = bootstrap
        settings["transactional.id"] = id
        let producer = try TransactionalProducer(settings: settings, log: { _ in })
        try producer.initTransactions(milliseconds: 30_000)
        return producer
    }

    /// Whether these come to be the values of a partition that a reader of what is committed sees.
    ///
    /// The end of a transaction is answered before its marker is written: a reader may be a moment early.
    func shows(_ values: [String], in partition: TopicPartition) throws -> Bool {
        try eventually { try read(partition).values == values }
    }

    /// As `read`, when no transaction is open.
    func readSettled(_ partition: TopicPartition) throws -> Reading {
        var reading = try read(partition)
        _ = try eventually {
            if reading.end == reading.cachedHigh { return true }
            reading = try read(partition)
            return false
        }
        return reading
    }

    /// The values of a partition that a reader of this isolation sees up to the end, and where that is.
    func read(_ partition: TopicPartition, isolation: String = "read_committed") throws -> Reading {
        let consumer = try consumer(with: ["isolation.level": isolation])
        try consumer.assign([PartitionOffset(partition, .beginning)])
        var values: [String] = []
        let end = try #require(
            consumer.first { event -> Int64? in
                if case .record(let record) = event { values.append(record.text) }
                return if case .endOfPartition(_, let offset) = event { offset } else { nil }
            })
        return Reading(values: values, end: end, cachedHigh: try #require(consumer.cachedWatermarks(partition)).high)
    }
}

struct Reading {
    let values: [String]
    let end: Int64
    let cachedHigh: Int64
}

extension Record {
    var text: String { String(decoding: value ?? [], as: UTF8.self) }
}

extension TransactionalProducer {
    func produce(_ text: String, to partition: TopicPartition) throws(KafkaError) {
        try produce(
            topic: partition.topic, partition: partition.partition, key: Array("k".utf8), value: Array(text.utf8))
    }
}

extension Consumer {
    /// Polls until an event is the wanted one; nil when 20 seconds were not enough.
    func first<Wanted>(_ wanted: (ConsumerEvent) throws -> Wanted?) rethrows -> Wanted? {
        let end = now() + 20_000
        while now() < end {
            if let event = poll(milliseconds: 50), let found = try wanted(event) { return found }
        }
        return nil
    }
}

/// The error that this throws, or nil when it does not.
func refusal(of body: () throws(KafkaError) -> Void) -> KafkaError? {
    do {
        try body()
        return nil
    } catch {
        return error
    }
}
