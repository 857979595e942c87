import CKafka

/// Cures for waits of one second that librdkafka 2.0.2 puts in where nothing has to be waited for.
extension Consumer {
    /// Lets the library know these topics before partitions of theirs are assigned. Blocking.
    ///
    /// Nobody has subscribed to companions, so their metadata is unknown when they are assigned first; the library then
    /// looks for it once a second. Call it at the start for every topic that may be assigned.
    public func warmMetadata(of topics: [String], milliseconds: Int32) throws(KafkaError) {
        try client.warmMetadata(of: topics, milliseconds: milliseconds)
    }

    /// How many partitions the topic has. Blocking.
    public func partitionCount(of topic: String, milliseconds: Int32) throws(KafkaError) -> Int {
        try client.describe(topic, milliseconds: milliseconds).partitions.count
    }

    /// Ends the second of silence after a rebalance. Blocking.
    ///
    /// After an assignment has changed, 2.0.2's broker threads look for what to fetch only when something wakes them, or
    /// once a second. A question to a leader wakes the thread of that leader's broker, so one is asked for each leader of
    /// the partitions given: one for all of them left single partitions waiting for 2.5 to 8 s. To be called after every
    /// `incrementallyAssign` and `incrementallyUnassign` with all that is assigned then.
    ///
    /// It belongs on a thread of its own: with a leader down it takes longer than `milliseconds` (13.7 s instead of one
    /// were seen). Failures are of no interest and not reported: the only loss is the second.
    public func wakeLeaders(of partitions: [TopicPartition], milliseconds: Int32 = 1000) {
        var leaders: [TopicPartition: Int32] = [:]
        for topic in Set(partitions.map(\.topic)) {
            guard let found = try? client.leaders(of: topic, milliseconds: milliseconds) else { continue }
            leaders.merge(found) { known, _ in known }
        }
        var woken: Set<Int32> = []
        for partition in partitions {
            guard let leader = leaders[partition], woken.insert(leader).inserted else { continue }
            _ = try? queryWatermarks(partition, milliseconds: milliseconds)
        }
    }
}
