import Kafka

/// Reads the dead-letter topic for the commands.
enum DeadLetterTopic {
    static func read(
        _ settings: WorkerSettings, since: Int64?, _ console: Console, _ visit: (Record) -> Void
    ) throws(CommandFailure) {
        try withScan(settings) { scan, admin throws(KafkaError) in
            try scan.run(
                since: since, admin, visit: visit,
                progress: { share in console.progress("read \(Int(share * 100)) %") })
        }
        console.clearProgress()
    }

    static func record(
        _ settings: WorkerSettings, partition: Int32, offset: Int64
    ) throws(CommandFailure) -> Record? {
        try withScan(settings) { scan, _ throws(KafkaError) in
            try scan.record(partition: partition, offset: offset)
        }
    }

    private static func withScan<Value>(
        _ settings: WorkerSettings, _ body: (TopicScan, Admin) throws(KafkaError) -> Value
    ) throws(CommandFailure) -> Value {
        let topic = settings.topics.deadLetters
        let admin = try TopicsCommand.admin(settings)
        do throws(KafkaError) {
            let clients = KafkaClients(settings: settings, log: SettingsOptions.quietLog(settings))
            return try body(try TopicScan(clients, topic: topic), admin)
        } catch {
            if error.is(.unknownTopicOrPartition) || error.is(.unknownTopicLocally)
                || error.is(.unknownPartitionLocally)
            {
                throw CommandFailure(.foundWrong, "\(topic): there is no such topic or partition")
            }
            throw CommandFailure(error, while: "reading \(topic)")
        }
    }
}
