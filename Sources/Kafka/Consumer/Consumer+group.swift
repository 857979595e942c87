import CKafka

/// The group's offsets and this member's place in it.
extension Consumer {
    /// What the group has committed, in the order asked; `Offset.none` where it has committed nothing. Blocking.
    ///
    /// Stable offsets only (KIP-447): while a predecessor's transaction that moves them is pending, the answer waits until
    /// it is settled, which takes as long as that transaction's time-out and some 10 s when nobody returns to it. Give it
    /// so long, or call again after a time-out (`isRetriable`).
    ///
    /// - Throws: also the first partition's own error, naming it.
    public func committed(
        _ partitions: [TopicPartition], milliseconds: Int32
    ) throws(KafkaError) -> [PartitionOffset] {
        let list = PartitionList(partitions)
        try client.check(rd_kafka_committed(client.pointer, list.pointer, milliseconds), about: "committed offsets")
        try list.checkEach()
        return list.offsets
    }

    /// Commits offsets outside of any transaction. Blocking, with no time-out of its own. The exactly-once worker never
    /// calls it: its offsets move in transactions.
    public func commit(_ offsets: [PartitionOffset]) throws(KafkaError) {
        let list = PartitionList(offsets)
        try client.check(rd_kafka_commit(client.pointer, list.pointer, 0), about: "commit")
        try list.checkEach()
    }

    /// This member at this moment, for `TransactionalProducer.sendOffsets`; nil when there is no `group.id`.
    public func groupMetadata() -> GroupMetadata? {
        guard hasGroup else { return nil }
        return rd_kafka_consumer_group_metadata(client.pointer).map { GroupMetadata(consuming: $0) }
    }

    /// The name that the broker gave this member, or nil when it is none at present.
    public var memberID: String? {
        guard let text = rd_kafka_memberid(client.pointer) else { return nil }
        defer { rd_kafka_mem_free(client.pointer, text) }
        return text.pointee == 0 ? nil : String(cString: text)
    }

    /// Why this consumer is finished, or nil when it is not. A fenced static member is (`fencedInstanceID`).
    public var fatalError: KafkaError? { client.fatalError }
}
