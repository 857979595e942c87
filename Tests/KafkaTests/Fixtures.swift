import Glibc
import Kafka
import Synchronization

/// Milliseconds of a clock that only goes forward.
func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
}

extension MockCluster {
    /// One broker that has these topics.
    static func with(_ topics: String..., partitions: Int = 4) throws -> MockCluster {
        let cluster = try MockCluster()
        for topic in topics { try cluster.createTopic(topic, partitions: partitions) }
        return cluster
    }

    func consumer(group: String? = nil, with more: ClientSettings = [:]) throws -> Consumer {
        var settings = ClientSettings.recommendedConsumer()
        settings["bootstrap.servers"] = bootstrapServers
        settings["group.id"] = group
        settings["session.timeout.ms"] = "6000"
        settings["heartbeat.interval.ms"] = "200"
        return try Consumer(settings: settings.merging(more) { _, new in new }, log: { _ in })
    }

    func producer() throws -> Producer {
        try Producer(settings: ["bootstrap.servers": bootstrapServers, "linger.ms": "0"], log: { _ in })
    }

    /// A transactional producer that is ready to begin.
    func transactionalProducer(_ id: String = "worker-1") throws -> TransactionalProducer {
        var settings = ClientSettings.recommendedProducer()
        settings["bootstrap.servers"] = bootstrapServers
        settings["transactional.id"] = id
        let producer = try TransactionalProducer(settings: settings, log: { _ in })
        try producer.initTransactions(milliseconds: 10_000)
        return producer
    }
}

extension Consumer {
    /// Polls until an event is the wanted one; nil when ten seconds were not enough.
    func first<Wanted>(_ wanted: (ConsumerEvent) -> Wanted?) -> Wanted? {
        let end = now() + 10_000
        while now() < end {
            if let event = poll(milliseconds: 50), let found = wanted(event) { return found }
        }
        return nil
    }

    /// The next records, as many as asked for unless ten seconds pass.
    func records(_ count: Int) -> [Record] {
        var records: [Record] = []
        while records.count < count, let record = first({ $0.asRecord }) { records.append(record) }
        return records
    }

    /// Whether it has closed within ten seconds, answering the last revocation.
    func closes() -> Bool {
        beginClose()
        let end = now() + 10_000
        while !isClosed, now() < end {
            if case .revoked(let partitions, _)? = poll(milliseconds: 20) { try? incrementallyUnassign(partitions) }
        }
        return isClosed
    }
}

extension ConsumerEvent {
    var asRecord: Record? { if case .record(let record) = self { record } else { nil } }
    var asAssigned: [TopicPartition]? { if case .assigned(let partitions) = self { partitions } else { nil } }
    var asEnd: Int64? { if case .endOfPartition(_, let offset) = self { offset } else { nil } }
}

/// A list that callbacks may add to from any thread.
final class Collected<Element: Sendable>: Sendable {
    private let elements = Mutex<[Element]>([])
    var all: [Element] { elements.withLock { $0 } }
    func add(_ element: Element) { elements.withLock { $0.append(element) } }
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
