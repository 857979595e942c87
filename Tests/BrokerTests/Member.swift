import Kafka

/// A member of a group as the worker will be one: it subscribes to one topic, and takes the same partitions of a companion.
final class Member {
    let consumer: Consumer
    let companion: String?
    private(set) var owned: Set<TopicPartition> = []
    private(set) var values: Set<String> = []
    private(set) var wasLost = false

    init(of consumer: Consumer, subscribedTo topic: String, companion: String? = nil) throws {
        self.consumer = consumer
        self.companion = companion
        if let companion { try consumer.warmMetadata(of: [companion], milliseconds: 10_000) }
        try consumer.subscribe(to: [topic])
    }

    /// Takes one event and answers it.
    func turn() throws {
        switch consumer.poll(milliseconds: 20) {
        case .record(let record):
            values.insert(record.text)
        case .assigned(let partitions):
            let all = withCompanions(partitions)
            owned.formUnion(all)
            try consumer.incrementallyAssign(all.map { PartitionOffset($0, .none) })
            consumer.wakeLeaders(of: Array(owned))
        case .revoked(let partitions, let lost):
            wasLost = wasLost || lost
            let all = withCompanions(partitions)
            owned.subtract(all)
            try consumer.incrementallyUnassign(all)
        case .endOfPartition, .failed, .partitionFailed, .statistics, nil:
            break
        }
    }

    /// Leaves the group; whether it has within the time.
    func leaves(milliseconds: Int64 = 10_000, meanwhile: () throws -> Void = {}) throws -> Bool {
        consumer.beginClose()
        let end = now() + milliseconds
        while !consumer.isClosed, now() < end {
            try turn()
            try meanwhile()
        }
        return consumer.isClosed
    }

    private func withCompanions(_ partitions: [TopicPartition]) -> [TopicPartition] {
        guard let companion else { return partitions }
        return partitions + partitions.map { TopicPartition(companion, $0.partition) }
    }
}

/// Turns members until it is so; false when the time runs out first.
func turn(_ members: [Member], milliseconds: Int64 = 20_000, until isSo: () -> Bool) throws -> Bool {
    let end = now() + milliseconds
    while !isSo() {
        if now() > end { return false }
        for member in members { try member.turn() }
    }
    return true
}
