import Kafka
import Synchronization

/// The largest batch of records that topics take, in bytes (`max.message.bytes`).
struct TopicLimits: Hashable, Sendable {
    var ledger: Int
    var deadLetters: Int
    var replies: Int

    /// As long as nobody has told. Not the broker's default of 1 MiB: whoever sends large records has raised it, and a
    /// record must not be refused for a limit that is not there. What the brokers refuse all the same, the committer sees.
    static let unknown = TopicLimits(ledger: 20 << 20, deadLetters: 20 << 20, replies: 20 << 20)

    var smallest: Int { min(ledger, deadLetters, replies) }

    /// Asks the brokers. Blocking.
    ///
    /// - Returns: nil when they do not tell: DescribeConfigs needs a permission of its own.
    static func ask(_ clients: KafkaClients) -> TopicLimits? {
        let topics = clients.settings.topics
        do throws(KafkaError) {
            let found = try clients.admin().topicConfiguration(of: topics.written, milliseconds: 5000)
            func limit(_ topic: String) -> Int? { found[topic]?["max.message.bytes"].flatMap { Int($0) } }
            guard let ledger = limit(topics.ledger), let deadLetters = limit(topics.deadLetters),
                let claimReplies = limit(topics.claimReplies), let estateReplies = limit(topics.estateReplies),
                let estateUpdates = limit(topics.estateUpdates)
            else { return nil }
            return TopicLimits(
                ledger: ledger, deadLetters: deadLetters, replies: min(claimReplies, estateReplies, estateUpdates))
        } catch {
            clients.log.info(
                "limits.unknown",
                "the topics' max.message.bytes cannot be read; larger records are found out by trying",
                ["error": .text(error.name)])
            return nil
        }
    }
}

/// Limits that are being asked for, so that nobody has to wait: what does not know the question leaves it unanswered.
final class AwaitedLimits: Sendable {
    private let told = Mutex<TopicLimits?>(nil)

    init(_ clients: KafkaClients) {
        NativeThread.start("limits") { [self] in
            let found = TopicLimits.ask(clients)
            told.withLock { $0 = found }
        }
    }

    /// Nil when they are not known yet, and once they were taken.
    func take() -> TopicLimits? {
        told.withLock { told in
            defer { told = nil }
            return told
        }
    }
}

extension TopicNames {
    /// What transactions write to.
    var written: [String] { [ledger, claimReplies, estateReplies, estateUpdates, deadLetters] }
}
