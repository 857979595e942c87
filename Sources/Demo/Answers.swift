import Engine
import JSON
import Kafka
import Worker

/// Reads what became of the records, and holds it against what was expected.
final class Answers {
    /// Where a record stands.
    struct Place: Hashable {
        let topic: String
        let partition: Int32
        let offset: Int64
    }

    private let consumer: Consumer
    private let topics: TopicNames
    private var expected: [Place: Expectation] = [:]
    private(set) var got: [Place: [Expectation]] = [:]
    /// Answers that no record explains, or that cannot be read.
    private(set) var strangers = 0
    private(set) var claimReplies = 0
    private(set) var estateReplies = 0
    private(set) var deadLetters = 0

    init(_ settings: WorkerSettings) throws(KafkaError) {
        topics = settings.topics
        consumer = try Consumer(
            settings: [
                "bootstrap.servers": settings.kafka["bootstrap.servers"] ?? "", "group.id": "demo",
                "isolation.level": "read_committed", "enable.auto.commit": "false", "fetch.wait.max.ms": "10",
            ],
            log: { _ in })
        try consumer.assign(
            [topics.claimReplies, topics.estateReplies, topics.deadLetters].flatMap { topic in
                (0..<6).map { PartitionOffset(TopicPartition(topic, $0), .beginning) }
            })
    }

    func expect(_ expectation: Expectation, for place: PartitionOffset) {
        guard let offset = place.offset.number else { return }
        let partition = place.topicPartition
        expected[Place(topic: partition.topic, partition: partition.partition, offset: offset)] = expectation
    }

    var produced: Int { expected.count }
    /// Records that have an answer.
    var answered: Int { got.count }
    var expectedCounts: [Expectation: Int] { expected.values.reduce(into: [:]) { $0[$1, default: 0] += 1 } }
    var gotCounts: [Expectation: Int] { got.values.joined().reduce(into: [:]) { $0[$1, default: 0] += 1 } }
    var isComplete: Bool { expected.keys.allSatisfy { got[$0] != nil } }
    /// Whether each record has exactly the answer that was expected, and nothing else was answered.
    var isRight: Bool { strangers == 0 && got == expected.mapValues { [$0] } }

    /// Takes in what has come.
    func read(milliseconds: Int32) {
        var wait = milliseconds
        while let event = consumer.poll(milliseconds: wait) {
            wait = 0
            switch event {
            case .record(let record): take(record)
            case .endOfPartition, .assigned, .revoked, .failed, .partitionFailed, .statistics: break
            }
        }
    }

    private func take(_ record: Record) {
        guard let (place, result) = record.topic == topics.deadLetters ? deadLetter(record) : reply(record) else {
            strangers += 1
            return
        }
        switch result {
        case .claimReply: claimReplies += 1
        case .estateFound: estateReplies += 1
        case .deadLetter: deadLetters += 1
        }
        got[place, default: []].append(result)
    }

    private func deadLetter(_ record: Record) -> (Place, Expectation)? {
        func text(_ name: String) -> String? { record.header(name).map { String(decoding: $0, as: UTF8.self) } }
        guard let reason = text("proklama.error.reason").flatMap(FailureReason.init(rawValue:)),
            let topic = text("proklama.source.topic"),
            let partition = text("proklama.source.partition").flatMap({ Int32($0) }),
            let offset = text("proklama.source.offset").flatMap({ Int64($0) })
        else { return nil }
        return (Place(topic: topic, partition: partition, offset: offset), .deadLetter(reason))
    }

    private func reply(_ record: Record) -> (Place, Expectation)? {
        guard let root = record.value.flatMap({ try? JSONDocument.parse($0) }), let source = root["source"],
            let topic = source["topic"]?.string, let partition = source["partition"]?.integer,
            let offset = source["offset"]?.integer, let outcome = root["outcome"]?.string
        else { return nil }
        let place = Place(topic: topic, partition: Int32(partition), offset: offset)
        if record.topic == topics.estateReplies { return outcome == "estate-found" ? (place, .estateFound) : nil }
        return ClaimReply.Outcome(rawValue: outcome).map { (place, .claimReply($0)) }
    }
}
