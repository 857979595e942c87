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
    func topicReader() throws(KafkaError) -> Consumer {
        let own: ClientSettings = [
            "group.id": settings.groupID, "enable.partition.eof": "true", "fetch.wait.max.ms": "10",
            // One partition's records at a time are looked at and forgotten.
            "queued.max.messages.kbytes": "4096",
        ]
        let recommended = ClientSettings.recommendedConsumer()
        return try Consumer(
            settings: recommended.merging(settings.kafka) { _, user in user }.merging(own) { _, own in own },
            log: { _ in })
    }
}
