/// Settings of the Kafka clients that the promises rest on, with the reason why nobody else may set them.
enum ReservedKafkaSettings {
    static func reason(_ name: String) -> String? {
        switch name {
        case "enable.auto.commit", "auto.commit.interval.ms", "enable.auto.offset.store":
            "an offset is committed only in the transaction that stores its request"
        case "isolation.level": "what an aborted transaction wrote must not be read"
        case "enable.idempotence", "transactional.id", "acks", "request.required.acks",
            "max.in.flight.requests.per.connection", "max.in.flight":
            "each transaction must be written once"
        case "group.id": "set group.id, without the prefix"
        case "group.instance.id": "set instance.id, without the prefix"
        case "partition.assignment.strategy":
            "cooperative-sticky is what the hand-over of partitions is built on"
        case "auto.offset.reset":
            "a partition without a committed offset is read from its beginning, so that nothing is lost"
        case "enable.partition.eof": "reading the ledger to its end depends on it"
        default: nil
        }
    }

    static func isSecret(_ name: String) -> Bool {
        name.contains("password") || name.contains("secret") || name.hasSuffix(".pem")
            || name == "sasl.oauthbearer.config"
    }
}
