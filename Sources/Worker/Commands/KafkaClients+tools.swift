import Kafka

extension KafkaClients {
    /// Writes each record once, without transactions.
    func idempotentProducer() throws(KafkaError) -> Producer {
        let own: ClientSettings = ["message.max.bytes": "104857600"]
        let recommended = ClientSettings.recommendedProducer().filter { $0.key != "transaction.timeout.ms" }
        return try Producer(
            settings: recommended.merging(settings.kafka) { _, user in user }.merging(own) { _, own in own },
            log: { _ in })
    }

    /// Reads whole topics and never joins a group.
    func topicReader() throws(KafkaError) -> Consumer { try reader(["isolation.level": "read_committed"]) }

    /// Is told where partitions really end, behind open transactions too. It reads nothing.
    func watermarkReader() throws(KafkaError) -> Consumer { try reader(["isolation.level": "read_uncommitted"]) }

    private func reader(_ isolation: ClientSettings) throws(KafkaError) -> Consumer {
        let own: ClientSettings = [
            "group.id": settings.groupID, "enable.partition.eof": "true", "fetch.wait.max.ms": "10",
            // Records are looked at and forgotten; more in the queue would not make it faster.
            "queued.max.messages.kbytes": "16384",
        ].merging(isolation) { own, _ in own }
        let recommended = ClientSettings.recommendedConsumer()
        return try Consumer(
            settings: recommended.merging(settings.kafka) { _, user in user }.merging(own) { _, own in own },
            log: { _ in })
    }

    /// Writes to the audit topic, and is the only one to do so: see `AuditLock`.
    func auditProducer() throws(KafkaError) -> TransactionalProducer {
        let own: ClientSettings = [
            "transactional.id": AuditLock.transactionalID(settings.topics), "message.max.bytes": "104857600",
            // A replay that was killed holds the input's partitions back for as long, unless it is begun again. Longer
            // than a broker's death lasts (8 to 12 s).
            "transaction.timeout.ms": "15000",
        ]
        let recommended = ClientSettings.recommendedProducer()
        return try TransactionalProducer(
            settings: recommended.merging(settings.kafka) { _, user in user }.merging(own) { _, own in own },
            log: { _ in })
    }
}
