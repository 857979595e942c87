import Engine
import Kafka

/// How the topics of an installation should be.
public struct TopicPlan: Sendable {
    /// The largest request record. Attachments are inside of it, as base64.
    static let largestInput = 16 << 20
    /// The ledger and the dead letters take a whole input record with headers of its own and of ours.
    static let largestCopy = 20 << 20
    /// What our headers need in addition to an input record: an error text of 500 characters, and short ones.
    static let headerRoom = 16 << 10
    /// Milliseconds. A request that no worker took in before its topic forgets it is lost, and a reply that nobody read
    /// may be a receipt: a month bridges any outage, and still limits how long personal data stays.
    static let recordRetention: Int64 = 30 * 86_400_000

    let topics: TopicNames
    /// Milliseconds.
    let ledgerRetention: Int64

    public init(_ settings: WorkerSettings) {
        topics = settings.topics
        ledgerRetention = settings.engine.ledgerRetention
    }

    /// - Parameter replicationFactor: -1 leaves it to the broker (KIP-464).
    func newTopic(_ role: TopicRole, partitions: Int32, replicationFactor: Int32) -> NewTopic {
        var configuration = configuration(role)
        // With three copies, a record that two have survives the loss of either, and one broker may be away.
        if replicationFactor >= 3 { configuration["min.insync.replicas"] = "2" }
        return NewTopic(
            name: role.name(in: topics), partitions: partitions, replicationFactor: replicationFactor,
            configuration: configuration)
    }

    private func configuration(_ role: TopicRole) -> [String: String] {
        switch role {
        case .claimRequests, .deathNotifications:
            [
                "cleanup.policy": "delete", "retention.ms": String(TopicPlan.recordRetention),
                "max.message.bytes": String(TopicPlan.largestInput),
            ]
        case .claimReplies, .estateReplies, .estateUpdates:
            ["cleanup.policy": "delete", "retention.ms": String(TopicPlan.recordRetention)]
        case .deadLetters:
            // Not for ever: it holds CPR numbers, which may not be kept without a purpose (GDPR, article 5). After the
            // ledger's own retention, no replay could tell any more whether the filing was made.
            [
                "cleanup.policy": "delete", "retention.ms": String(ledgerRetention),
                "max.message.bytes": String(TopicPlan.largestCopy),
            ]
        case .deadLettersAudit:
            ["cleanup.policy": "compact"]
        case .ledger:
            [
                "cleanup.policy": "compact", "max.message.bytes": String(TopicPlan.largestCopy),
                // A restart reads all of it, so what is superseded should go soon. The segment that is being written is
                // never compacted, so it is kept small and short.
                "min.cleanable.dirty.ratio": "0.1", "segment.bytes": "104857600", "segment.ms": "86400000",
                // What was answered or erased is gone within a day or so, even where little is written.
                "max.compaction.lag.ms": "86400000",
                // A tombstone must outlive the slowest restore, or its reader keeps what was deleted.
                "delete.retention.ms": "86400000",
            ]
        }
    }
}
