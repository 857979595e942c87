import CKafka

/// Which partitions are read, and the answers to rebalances (`ConsumerEvent`).
///
/// An assignment may have partitions that the group knows nothing of, so *companions* (the same partition of another
/// topic) come and go with those of the topic subscribed to. Measured to hold through 90 s of churn.
extension Consumer {
    /// Adds partitions, each from its offset: the answer to `assigned` under the cooperative protocol, also when it is
    /// empty. `Offset.none` starts where the group has committed.
    public func incrementallyAssign(_ partitions: [PartitionOffset]) throws(KafkaError) {
        let list = PartitionList(partitions)
        try KafkaError.check(rd_kafka_incremental_assign(client.pointer, list.pointer))
    }

    /// Takes partitions away: the answer to `revoked` under the cooperative protocol. No record of theirs comes after it.
    public func incrementallyUnassign(_ partitions: [TopicPartition]) throws(KafkaError) {
        let list = PartitionList(partitions)
        try KafkaError.check(rd_kafka_incremental_unassign(client.pointer, list.pointer))
    }

    /// Reads exactly these partitions: without a group, or as the answer to `assigned` under the eager protocol.
    public func assign(_ partitions: [PartitionOffset]) throws(KafkaError) {
        let list = PartitionList(partitions)
        try client.check(rd_kafka_assign(client.pointer, list.pointer), about: "assign")
    }

    /// Reads nothing: the answer to `revoked` under the eager protocol.
    public func unassign() throws(KafkaError) {
        try client.check(rd_kafka_assign(client.pointer, nil), about: "unassign")
    }

    /// Stops reading these partitions, which stay assigned. Records that were fetched already are dropped and fetched
    /// again on `resume`.
    public func pause(_ partitions: [TopicPartition]) throws(KafkaError) {
        let list = PartitionList(partitions)
        try client.check(rd_kafka_pause_partitions(client.pointer, list.pointer), about: "pause")
        try list.checkEach()
    }

    /// Reads them again.
    public func resume(_ partitions: [TopicPartition]) throws(KafkaError) {
        let list = PartitionList(partitions)
        try client.check(rd_kafka_resume_partitions(client.pointer, list.pointer), about: "resume")
        try list.checkEach()
    }

    /// Goes on reading elsewhere. Blocking.
    ///
    /// - Parameter milliseconds: how long to wait until it has taken effect.
    /// - Throws: also when one of the partitions could not be moved, naming it; the others were.
    public func seek(_ places: [PartitionOffset], milliseconds: Int32) throws(KafkaError) {
        let list = PartitionList(places)
        try KafkaError.check(rd_kafka_seek_partitions(client.pointer, list.pointer, milliseconds))
        try list.checkEach()
    }

    /// What is assigned at present, companions included.
    public func assignment() throws(KafkaError) -> [TopicPartition] {
        var found: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
        try client.check(rd_kafka_assignment(client.pointer, &found), about: "assignment")
        guard let found else { return [] }
        return PartitionList(consuming: found).partitions
    }

    /// Where each partition goes on: behind the last record that `poll` returned; `none` before the first one.
    public func position(of partitions: [TopicPartition]) throws(KafkaError) -> [PartitionOffset] {
        let list = PartitionList(partitions)
        try client.check(rd_kafka_position(client.pointer, list.pointer), about: "position")
        return list.offsets
    }

    /// Whether the group's members take turns partition by partition (KIP-429), so that `incrementallyAssign` and
    /// `incrementallyUnassign` are the answers. False before the group has been joined.
    public var usesCooperativeProtocol: Bool {
        rd_kafka_rebalance_protocol(client.pointer).map { String(cString: $0) == "COOPERATIVE" } ?? false
    }
}
