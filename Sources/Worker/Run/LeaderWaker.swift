import EventLoop
import Kafka

/// Keeps librdkafka 2.0.2 from sleeping through a rebalance, on a thread of its own since its calls block while a leader
/// is down.
///
/// After each change of the assignment the library's threads for the brokers wait up to a second before they fetch; a
/// question to each leader wakes them (kafka-facts, cure (a)). It also counts the partitions of the inputs: their number
/// changes with a rebalance only.
enum LeaderWaker {
    /// The body of the thread; nil in the inbox ends it.
    ///
    /// - Parameter counted: is told the number of partitions of the inputs, at first and whenever it may have changed.
    static func run(
        consumer: Consumer, topics: TopicNames, inbox: Mailbox<[TopicPartition]?>, counted: @Sendable (Int) -> Void
    ) {
        // Nobody subscribes to the death notifications, so nobody has asked for their metadata (cure (b)).
        try? consumer.warmMetadata(of: [topics.deathNotifications, topics.claimRequests], milliseconds: 5000)
        count()
        while true {
            // Only the newest assignment matters.
            guard let newest = inbox.wait().last else { continue }
            guard let partitions = newest else { return }
            guard !partitions.isEmpty else { continue }
            consumer.wakeLeaders(of: partitions)
            count()
        }

        func count() {
            // With no broker to answer, the number that was told before stays true.
            guard let count = try? consumer.partitionCount(of: topics.claimRequests, milliseconds: 5000) else { return }
            counted(count)
        }
    }
}
