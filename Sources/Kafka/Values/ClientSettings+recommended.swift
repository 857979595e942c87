extension ClientSettings {
    /// What both kinds of client need against several brokers. All are measured on librdkafka 2.0.2 with three brokers.
    private static var recommendedForBoth: ClientSettings {
        [
            // A stopped (not dead) broker is noticed only by requests that time out; the default is a minute.
            "socket.timeout.ms": "6000",
            // The same for a broker that accepts a connection and then says nothing; the default is ten seconds.
            "api.version.request.timeout.ms": "2000",
            // A broker that comes back is found within a second; the default waits up to ten.
            "reconnect.backoff.max.ms": "1000",
        ]
    }

    /// Settings for a consumer of the exactly-once kind. Still to be set: `bootstrap.servers`, `group.id`, and
    /// `group.instance.id` for a static member.
    public static func recommendedConsumer() -> ClientSettings {
        let settings: ClientSettings = [
            // Offsets move in the producer's transactions only, never by themselves.
            "enable.auto.commit": "false",
            "enable.auto.offset.store": "false",
            // Hides aborted and open transactions; without it nothing is exactly once.
            "isolation.level": "read_committed",
            // A group that has committed nothing starts at the oldest record: nothing may be skipped.
            "auto.offset.reset": "earliest",
            // Partitions that stay are not taken away while others move.
            "partition.assignment.strategy": "cooperative-sticky",
            // A broker's death holds heartbeats back for 8 to 11 s (the controller fences it after 9 s); a shorter
            // session evicts healthy members then. The price: a killed member's partitions wait 15 s.
            "session.timeout.ms": "15000",
            // How soon a member hears that another has left or has been evicted, and so how soon it takes over.
            "heartbeat.interval.ms": "500",
            // Restoring needs to know where a partition ends.
            "enable.partition.eof": "true",
            // An answer to an idle fetch comes soon, so a partition just assigned is fetched soon.
            "fetch.wait.max.ms": "50",
            // Bounds memory. Far lower, or few messages, makes 2.0.2 back off on a full queue: 3,300 records/s.
            "queued.max.messages.kbytes": "16384",
            "queued.min.messages": "100000",
            // Free, as measured, and the only protection against a bad network card or disk.
            "check.crcs": "true",
        ]
        return settings.merging(recommendedForBoth) { mine, _ in mine }
    }

    /// Settings for a transactional or idempotent producer. Still to be set: `bootstrap.servers` and, for transactions,
    /// `transactional.id`.
    public static func recommendedProducer() -> ClientSettings {
        let settings: ClientSettings = [
            "enable.idempotence": "true",
            "acks": "all",
            // Longer than a broker's death lasts (8 to 12 s), so that it fails no transaction. The price: one that was
            // abandoned holds its partitions back for up to 40 s, unless its transactional.id returns.
            "transaction.timeout.ms": "30000",
            // A tick is flushed as a whole; waiting for more would only delay it.
            "linger.ms": "0",
        ]
        return settings.merging(recommendedForBoth) { mine, _ in mine }
    }
}
