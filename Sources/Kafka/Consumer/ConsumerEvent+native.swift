import CKafka

extension ConsumerEvent {
    /// What an event of the library means, or nil when it is of no interest. The event is not destroyed.
    init?(_ event: OpaquePointer, of client: Client, topics: TopicNames) {
        switch rd_kafka_event_type(event) {
        case RD_KAFKA_EVENT_FETCH:
            guard let message = rd_kafka_event_message_next(event) else { return nil }
            self.init(message, topics: topics)
        case RD_KAFKA_EVENT_REBALANCE:
            self.init(rebalance: event, of: client)
        case RD_KAFKA_EVENT_ERROR:
            self.init(error: event, of: client)
        case RD_KAFKA_EVENT_STATS:
            guard let text = rd_kafka_event_stats(event) else { return nil }
            self = .statistics(String(cString: text))
        default:
            return nil
        }
    }

    private init(_ message: UnsafePointer<rd_kafka_message_t>, topics: TopicNames) {
        let fetched = message.pointee
        if fetched.err == RD_KAFKA_RESP_ERR_NO_ERROR {
            self = .record(Record(message, topic: topics.name(of: fetched.rkt)))
        } else {
            let partition = TopicPartition(topics.name(of: fetched.rkt), fetched.partition)
            self = Self.problem(fetched.err, of: partition, offset: fetched.offset, text: nil)
        }
    }

    private init(rebalance event: OpaquePointer, of client: Client) {
        let partitions = PartitionList.partitions(in: rd_kafka_event_topic_partition_list(event))
        switch rd_kafka_event_error(event) {
        case RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS:
            self = .assigned(partitions)
        case RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS:
            self = .revoked(partitions, lost: rd_kafka_assignment_lost(client.pointer) != 0)
        case let code:
            self = .failed(KafkaError(code, about: "rebalance"))
        }
    }

    private init(error event: OpaquePointer, of client: Client) {
        let text = rd_kafka_event_error_string(event).map { String(cString: $0) }
        let code = rd_kafka_event_error(event)
        if code == RD_KAFKA_RESP_ERR__FATAL || rd_kafka_event_error_is_fatal(event) != 0 {
            self = .failed(client.fatalError ?? KafkaError(RD_KAFKA_RESP_ERR__FATAL, text: text))
        } else if let place = rd_kafka_event_topic_partition(event) {
            defer { rd_kafka_topic_partition_destroy(place) }
            self = Self.problem(code, of: TopicPartition(place.pointee), offset: place.pointee.offset, text: text)
        } else {
            self = .failed(KafkaError(code, text: text))
        }
    }

    /// In 2.0.2 the end of a partition comes as an error too.
    private static func problem(
        _ code: rd_kafka_resp_err_t, of partition: TopicPartition, offset: Int64, text: String?
    ) -> ConsumerEvent {
        code == RD_KAFKA_RESP_ERR__PARTITION_EOF
            ? .endOfPartition(partition, offset: offset)
            : .partitionFailed(partition, KafkaError(code, about: partition.description, text: text))
    }
}
