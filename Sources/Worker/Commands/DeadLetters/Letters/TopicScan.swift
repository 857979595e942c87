import Kafka

/// Reads a topic once, to where it ended when the reading began. Aborted and unfinished transactions are not seen.
/// Memory stays bounded: each record is handed over and forgotten.
final class TopicScan {
    private let clients: KafkaClients
    private let consumer: Consumer
    private let topic: String
    /// Where each partition is read to; a partition that is done is taken out.
    private var ends: [Int32: Int64] = [:]
    private var total: Int64 = 0
    private var positions: [Int32: Int64] = [:]
    private let patience: Int32 = 10_000

    init(_ clients: KafkaClients, topic: String) throws(KafkaError) {
        self.clients = clients
        consumer = try clients.topicReader()
        self.topic = topic
    }

    /// All that a reader can see now.
    ///
    /// - Parameter since: milliseconds since 1970; nil is the beginning.
    func begin(since: Int64? = nil, _ admin: Admin) throws(KafkaError) { try begin(try marks(since: since, admin)) }

    /// What a reader can see now: the first and the last offset of each partition.
    func marks(since: Int64?, _ admin: Admin) throws(KafkaError) -> [Int32: Watermarks] {
        let partitions = try partitions(admin)
        var marks = try marks(partitions, consumer)
        if let since {
            let places = partitions.map { TopicPartition(topic, $0) }
            for found in try consumer.offsets(forTimestamp: since, places, milliseconds: patience) {
                let partition = found.topicPartition.partition
                let end = marks[partition]?.high ?? 0
                marks[partition]?.low = found.offset.number ?? end
            }
        }
        return marks
    }

    /// All that was written so far, and what is in an open transaction too: waits until that is settled.
    func beginToHighWatermark(_ admin: Admin) throws(KafkaError) {
        // A read_committed consumer is told the last stable offset; this one, where the partition really ends.
        try begin(try marks(try partitions(admin), try clients.watermarkReader()))
    }

    /// Only these offsets, from the first to the last of each partition.
    func begin(within ranges: [Int32: ClosedRange<Int64>]) throws(KafkaError) {
        var marks = try marks(ranges.keys.sorted(), consumer)
        for (partition, range) in ranges {
            guard let mark = marks[partition] else { continue }
            marks[partition] = (max(mark.low, range.lowerBound), min(mark.high, range.upperBound + 1))
        }
        try begin(marks)
    }

    /// The next record of any partition; nil at the end. Blocking.
    func next() throws(KafkaError) -> Record? {
        var silentFor: Int32 = 0
        while !ends.isEmpty {
            guard let event = consumer.poll(milliseconds: TopicScan.blink) else {
                silentFor += TopicScan.blink
                if silentFor >= 30_000 {
                    throw KafkaError(.timedOut, message: "no record of \(topic) came for 30 s", isRetriable: true)
                }
                // 2.0.2 stops fetching when its queue is full, and its broker threads look only once a second whether
                // there is room again. A million letters took 76 s so, and 8 s of the processor.
                if silentFor % 200 == TopicScan.blink { consumer.wakeLeaders(of: left) }
                continue
            }
            if let record = try take(event) { return LetterSeal.opened(record, clients.seal) }
        }
        try consumer.unassign()
        return nil
    }

    private static let blink: Int32 = 5

    private var left: [TopicPartition] { ends.keys.map { TopicPartition(topic, $0) } }

    /// How much has been read, from 0 to 1.
    var share: Double {
        let left = ends.reduce(0) { $0 + max(0, $1.value - (positions[$1.key] ?? 0)) }
        return total == 0 ? 1 : 1 - Double(left) / Double(total)
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
            case .record(let record):
                return record.offset == offset ? LetterSeal.opened(record, clients.seal) : nil
            case .endOfPartition: return nil
            case .partitionFailed(_, let error), .failed(let error):
                if !error.isConnectionProblem { throw error }
            case .assigned, .revoked, .statistics, nil: continue
            }
        }
        throw KafkaError(.timedOut, message: "\(place) at \(offset) could not be read in 10 s", isRetriable: true)
    }

    private func partitions(_ admin: Admin) throws(KafkaError) -> [Int32] {
        switch try admin.describeTopics([topic], milliseconds: patience)[topic] {
        case .success(let description): description.partitions.map(\.number)
        case .failure(let error): throw error
        case nil: []
        }
    }

    private func marks(_ partitions: [Int32], _ reader: Consumer) throws(KafkaError) -> [Int32: Watermarks] {
        var marks: [Int32: Watermarks] = [:]
        for partition in partitions {
            marks[partition] = try reader.queryWatermarks(TopicPartition(topic, partition), milliseconds: patience)
        }
        return marks
    }

    private func begin(_ marks: [Int32: Watermarks]) throws(KafkaError) {
        let wanted = marks.filter { $0.value.low < $0.value.high }
        ends = wanted.mapValues(\.high)
        positions = wanted.mapValues(\.low)
        total = wanted.values.reduce(0) { $0 + $1.high - $1.low }
        try consumer.assign(
            wanted.sorted { $0.key < $1.key }.map { PartitionOffset(TopicPartition(topic, $0.key), .at($0.value.low)) })
    }

    private func take(_ event: ConsumerEvent) throws(KafkaError) -> Record? {
        switch event {
        case .record(let record):
            guard let end = ends[record.partition] else { return nil }
            reach(record.partition, record.offset + 1)
            return record.offset < end ? record : nil
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
        return nil
    }

    private func reach(_ partition: Int32, _ position: Int64) {
        positions[partition] = position
        if let end = ends[partition], position >= end { ends[partition] = nil }
    }
}
