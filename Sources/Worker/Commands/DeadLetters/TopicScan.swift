import Kafka

/// Reads a topic once, from a time or its beginning to where it ended when the reading began. Aborted and unfinished
/// transactions are not seen. Memory stays bounded: each record is handed over and forgotten.
final class TopicScan {
    private let consumer: Consumer
    private let topic: String
    /// Where each partition is read to; a partition that is done is taken out.
    private var ends: [Int32: Int64] = [:]
    private var total: Int64 = 0
    private var positions: [Int32: Int64] = [:]
    private let patience: Int32 = 10_000

    init(_ clients: KafkaClients, topic: String) throws(KafkaError) {
        consumer = try clients.topicReader()
        self.topic = topic
    }

    /// - Parameters:
    ///   - since: milliseconds since 1970; nil is the beginning.
    ///   - admin: tells how many partitions there are.
    ///   - visit: gets each record.
    ///   - progress: is called now and then, with the share that has been read.
    func run(
        since: Int64?, _ admin: Admin, visit: (Record) -> Void, progress: (Double) -> Void
    ) throws(KafkaError) {
        let partitions: [Int32]
        switch try admin.describeTopics([topic], milliseconds: patience)[topic] {
        case .success(let description): partitions = description.partitions.map(\.number)
        case .failure(let error): throw error
        case nil: partitions = []
        }
        try begin(at: try starts(partitions, since: since))
        var pace = Pace()
        var silentFor: Int32 = 0
        while !ends.isEmpty {
            guard let event = consumer.poll(milliseconds: 200) else {
                silentFor += 200
                if silentFor >= 30_000 {
                    throw KafkaError(.timedOut, message: "no record of \(topic) came for 30 s", isRetriable: true)
                }
                continue
            }
            silentFor = 0
            try take(event, visit)
            if pace.isDue() { progress(share) }
        }
        try consumer.unassign()
    }

    /// Reads one record; nil when there is none at that place.
    func record(partition: Int32, offset: Int64) throws(KafkaError) -> Record? {
        let place = TopicPartition(topic, partition)
        let marks = try consumer.queryWatermarks(place, milliseconds: patience)
        guard offset >= marks.low, offset < marks.high else { return nil }
        try consumer.assign([PartitionOffset(place, .at(offset))])
        defer { try? consumer.unassign() }
        for _ in 0..<50 {
            switch consumer.poll(milliseconds: 200) {
            case .record(let record): return record.offset == offset ? record : nil
            case .endOfPartition: return nil
            case .partitionFailed(_, let error), .failed(let error):
                if !error.isConnectionProblem { throw error }
            case .assigned, .revoked, .statistics, nil: continue
            }
        }
        throw KafkaError(.timedOut, message: "\(place) at \(offset) could not be read in 10 s", isRetriable: true)
    }

    private func starts(_ partitions: [Int32], since: Int64?) throws(KafkaError) -> [Int32: Int64] {
        var starts: [Int32: Int64] = [:]
        for partition in partitions {
            let marks = try consumer.queryWatermarks(TopicPartition(topic, partition), milliseconds: patience)
            starts[partition] = marks.low
            ends[partition] = marks.high
        }
        guard let since else { return starts }
        let places = partitions.map { TopicPartition(topic, $0) }
        for found in try consumer.offsets(forTimestamp: since, places, milliseconds: patience) {
            let partition = found.topicPartition.partition
            starts[partition] = found.offset.number ?? ends[partition]
        }
        return starts
    }

    private func begin(at starts: [Int32: Int64]) throws(KafkaError) {
        for (partition, start) in starts {
            positions[partition] = start
            total += max(0, (ends[partition] ?? 0) - start)
            if start >= ends[partition] ?? 0 { ends[partition] = nil }
        }
        try consumer.assign(
            ends.keys.sorted().map { PartitionOffset(TopicPartition(topic, $0), .at(starts[$0] ?? 0)) })
    }

    private func take(_ event: ConsumerEvent, _ visit: (Record) -> Void) throws(KafkaError) {
        switch event {
        case .record(let record):
            guard let end = ends[record.partition] else { return }
            if record.offset < end { visit(record) }
            reach(record.partition, record.offset + 1)
        case .endOfPartition(let place, let offset):
            reach(place.partition, offset)
        case .partitionFailed(_, let error):
            throw error
        case .failed(let error):
            // While a broker is away the library reconnects by itself; the silence decides.
            if error.isFatal { throw error }
        case .assigned, .revoked, .statistics:
            break
        }
    }

    private func reach(_ partition: Int32, _ position: Int64) {
        positions[partition] = position
        if let end = ends[partition], position >= end { ends[partition] = nil }
    }

    private var share: Double {
        let left = ends.reduce(0) { $0 + max(0, $1.value - (positions[$1.key] ?? 0)) }
        return total == 0 ? 1 : 1 - Double(left) / Double(total)
    }
}
