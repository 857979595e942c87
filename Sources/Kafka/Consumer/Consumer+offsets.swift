import CKafka

/// Where partitions begin and end.
extension Consumer {
    /// The ends of a partition as the last fetch saw them; nil before the first one, or when it is not being fetched.
    ///
    /// The high one is the *high watermark*: it includes transactions that are still open. So a partition has been read
    /// completely, with no open transaction behind, exactly when `endOfPartition` came at this offset.
    public func cachedWatermarks(_ partition: TopicPartition) -> Watermarks? {
        var low: Int64 = 0
        var high: Int64 = 0
        let code = rd_kafka_get_watermark_offsets(
            client.pointer, partition.topic, partition.partition, &low, &high)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR, high >= 0 else { return nil }
        return (low, high)
    }

    /// The ends of a partition, asked from its leader. Blocking; with the leader down, for longer than the time given.
    ///
    /// With `isolation.level` `read_committed` the high one is the *last stable offset*, which an open transaction holds
    /// back: it does not show that one is open. `cachedWatermarks` does.
    ///
    /// The question goes to the broker that the library takes for the leader. When that one says that it is not, 2.0.2 goes
    /// on asking it until it renews what it knows of the topic anyway, after five minutes; so that is done here.
    ///
    /// - Throws: `notLeader` once after the leader has moved; the next question goes to the right one.
    public func queryWatermarks(_ partition: TopicPartition, milliseconds: Int32) throws(KafkaError) -> Watermarks {
        var low: Int64 = 0
        var high: Int64 = 0
        let code = rd_kafka_query_watermark_offsets(
            client.pointer, partition.topic, partition.partition, &low, &high, milliseconds)
        if code == RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION {
            try? client.warmMetadata(of: [partition.topic], milliseconds: milliseconds)
        }
        try client.check(code, about: "watermarks of \(partition)")
        return (low, high)
    }

    /// In each partition, the first record that is as young as this or younger; `end` where there is none. Blocking.
    ///
    /// - Parameter timestamp: milliseconds since 1970, UTC.
    public func offsets(
        forTimestamp timestamp: Int64, _ partitions: [TopicPartition], milliseconds: Int32
    ) throws(KafkaError) -> [PartitionOffset] {
        let list = PartitionList(partitions.map { PartitionOffset($0, .at(timestamp)) })
        try client.check(
            rd_kafka_offsets_for_times(client.pointer, list.pointer, milliseconds), about: "offsets for a time")
        try list.checkEach()
        return list.offsets
    }
}
