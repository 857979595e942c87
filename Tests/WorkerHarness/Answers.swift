import JSON
import Kafka
import Synchronization

/// Reads all outputs of an installation, read_committed, and tells how often each request was answered.
package final class Answers: Sendable {
    private let consumer: Consumer
    private let deadLetterTopic: String
    private let state = Mutex<(found: [Place: [String]], letters: [Record])>(([:], []))

    init(_ installation: Installation) throws {
        var settings = ClientSettings.recommendedConsumer()
        settings["bootstrap.servers"] = installation.bootstrap
        consumer = try Consumer(settings: settings, log: { _ in })
        deadLetterTopic = installation.topic("dead-letters")
        let topics = ["claim-replies", "estate-replies", "dead-letters"].map(installation.topic)
        try consumer.warmMetadata(of: topics, milliseconds: 10_000)
        try consumer.assign(
            topics.flatMap { topic in
                (0..<installation.partitions).map { PartitionOffset(TopicPartition(topic, $0), .beginning) }
            })
    }

    /// What was answered so far: `filed`, `already-filed`, …, or a dead letter's reason.
    package func all() -> [Place: [String]] {
        while let event = consumer.poll(milliseconds: 20) {
            guard case .record(let record) = event else { continue }
            let (place, what) = Answers.meaning(record)
            state.withLock {
                $0.found[place, default: []].append(what)
                if record.topic == deadLetterTopic { $0.letters.append(record) }
            }
        }
        return state.withLock { $0.found }
    }

    /// Dead letters among what `all` has read.
    package var letters: [Record] { state.withLock { $0.letters } }

    /// Waits until each of the requests has an answer, and a moment longer for a second one.
    ///
    /// - Returns: a description of what is wrong, or nil when each was answered exactly once.
    package func problems(with requests: Set<Place>, within milliseconds: Int64 = 40_000) -> String? {
        _ = eventually(milliseconds) { requests.isSubset(of: all().keys) }
        _ = eventually(300) { all().isEmpty }
        let found = all()
        let missing = requests.filter { found[$0] == nil }
        let twice = found.filter { $0.value.count > 1 }
        let unknown = found.keys.filter { !requests.contains($0) }
        if missing.isEmpty, twice.isEmpty, unknown.isEmpty { return nil }
        return "of \(requests.count): missing \(missing.sorted), twice \(twice), unknown \(unknown)"
    }

    private static func meaning(_ record: Record) -> (Place, String) {
        if let reason = record.header("proklama.error.reason") {
            func text(_ name: String) -> String { String(decoding: record.header(name) ?? [], as: UTF8.self) }
            let place = Place(
                topic: text("proklama.source.topic"), partition: Int32(text("proklama.source.partition")) ?? -1,
                offset: Int64(text("proklama.source.offset")) ?? -1)
            return (place, String(decoding: reason, as: UTF8.self))
        }
        guard let root = try? JSONDocument.parse(record.value ?? []), let source = root["source"] else {
            return (Place(topic: "?", partition: -1, offset: record.offset), "not JSON")
        }
        return (
            Place(
                topic: source["topic"]?.string ?? "", partition: Int32(source["partition"]?.integer ?? -1),
                offset: source["offset"]?.integer ?? -1), root["outcome"]?.string ?? ""
        )
    }
}

extension Set<Place> {
    fileprivate var sorted: [String] { map(\.description).sorted() }
}
