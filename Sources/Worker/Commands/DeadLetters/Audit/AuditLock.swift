import Kafka

/// The right to write to the audit topic, held by one process at a time, with Kafka alone.
///
/// Every replay and discard writes in transactions of one and the same `transactional.id`, and a transaction holds the
/// records that are put back together with their audit records. `initTransactions` raises the id's epoch: the transaction
/// coordinator refuses whatever a predecessor still sends, and answers only when the predecessor's last transaction is
/// settled, its markers written. So when `take` returns,
///
/// 1. no predecessor can commit anything any more, and
/// 2. what a predecessor has committed stands in the audit topic below its high watermark.
///
/// Whoever reads the audit topic now to its high watermark knows everything that was ever put back, and nothing can be
/// added behind its back, except by one who takes the lock and thereby ends this one. Two sequences show it:
///
/// - *Killed in the middle.* A sends a letter and its audit record and dies before it commits. B takes the lock: the
///   coordinator aborts A's transaction. B finds no audit record, sends the letter, and readers see it once. Had A asked
///   for the commit before it died, the coordinator would have finished that first, and B would have found the record.
/// - *Two at once.* A has read the audit and goes on; B takes the lock, reads the audit, and sends the same letter.
///   A, which has not heard of B, sends it too; but its transaction can no longer be committed, whether it began before
///   B came or after. A is told so by its next transactional call, and stops.
///
/// The id is named after the audit topic and not after the group: two configurations with different `group.id`s and the
/// same topics must exclude each other too.
struct AuditLock {
    let producer: TransactionalProducer

    static func transactionalID(_ topics: TopicNames) -> String { "\(topics.deadLettersAudit).lock" }

    /// Takes the lock away from whoever has it. Blocking.
    static func take(_ clients: KafkaClients) throws(KafkaError) -> AuditLock {
        let producer = try clients.auditProducer()
        try insist { () throws(KafkaError) in try producer.initTransactions(milliseconds: 15_000) }
        let topics = clients.settings.topics
        try? producer.warmMetadata(
            of: [topics.claimRequests, topics.deathNotifications, topics.deadLettersAudit], milliseconds: 5000)
        return AuditLock(producer: producer)
    }

    /// Whether another process has taken the lock. The broker says the same to one whose transaction took too long.
    static func isLost(_ error: KafkaError) -> Bool {
        error.is(.fenced) || error.is(.producerFenced) || error.is(.invalidProducerEpoch)
    }

    /// Makes a call again for as long as its failure is retriable: some minutes, for it is a person that waits.
    static func insist(_ call: () throws(KafkaError) -> Void) throws(KafkaError) {
        for attempt in 0... {
            do throws(KafkaError) { return try call() } catch {
                guard error.isRetriable, !error.isFatal, !error.requiresAbort, attempt < 24 else { throw error }
            }
        }
    }
}
