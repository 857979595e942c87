import CKafka

extension Admin {
    /// Creates topics and waits until the cluster has them.
    ///
    /// - Returns: for each topic, nil when it was created, or why it was not (`topicAlreadyExists`).
    /// - Throws: when the brokers cannot be asked at all, or a description is impossible.
    public func createTopics(
        _ topics: [NewTopic], milliseconds: Int32
    ) throws(KafkaError) -> [String: KafkaError?] {
        if topics.isEmpty { return [:] }
        var requests: [OpaquePointer?] = []
        defer { for request in requests { rd_kafka_NewTopic_destroy(request) } }
        for topic in topics { requests.append(try Self.request(for: topic)) }
        let answer = try AdminAnswer(from: client, milliseconds: milliseconds) { pointer, options, queue in
            var text = [CChar](repeating: 0, count: 256)
            // Refused only for impossible times, and then its default of a minute stays.
            _ = rd_kafka_AdminOptions_set_operation_timeout(options, milliseconds, &text, text.count)
            rd_kafka_CreateTopics(pointer, &requests, requests.count, options, queue)
        }
        var count = 0
        let results = rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(answer.event), &count)
        return Self.outcomes(results, count)
    }

    /// Deletes topics with all that is in them.
    ///
    /// - Returns: for each topic, nil when it was deleted, or why it was not.
    public func deleteTopics(_ topics: [String], milliseconds: Int32) throws(KafkaError) -> [String: KafkaError?] {
        if topics.isEmpty { return [:] }
        var requests: [OpaquePointer?] = topics.map { rd_kafka_DeleteTopic_new($0) }
        defer { for request in requests { rd_kafka_DeleteTopic_destroy(request) } }
        let answer = try AdminAnswer(from: client, milliseconds: milliseconds) { pointer, options, queue in
            rd_kafka_DeleteTopics(pointer, &requests, requests.count, options, queue)
        }
        var count = 0
        let results = rd_kafka_DeleteTopics_result_topics(rd_kafka_event_DeleteTopics_result(answer.event), &count)
        return Self.outcomes(results, count)
    }

    private static func request(for topic: NewTopic) throws(KafkaError) -> OpaquePointer {
        var text = [CChar](repeating: 0, count: 256)
        guard
            let request = rd_kafka_NewTopic_new(
                topic.name, topic.partitions, topic.replicationFactor, &text, text.count)
        else { throw KafkaError(.invalidArgument, message: "topic \(topic.name): \(text.cString)") }
        for (name, value) in topic.configuration.sorted(by: { $0.key < $1.key }) {
            let code = rd_kafka_NewTopic_set_config(request, name, value)
            guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
                rd_kafka_NewTopic_destroy(request)
                throw KafkaError(code, about: "topic \(topic.name), \(name)")
            }
        }
        return request
    }

    private static func outcomes(
        _ results: UnsafeMutablePointer<OpaquePointer?>?, _ count: Int
    ) -> [String: KafkaError?] {
        var outcomes: [String: KafkaError?] = [:]
        for result in UnsafeBufferPointer(start: results, count: count) {
            let name = String(cString: rd_kafka_topic_result_name(result))
            let code = rd_kafka_topic_result_error(result)
            let text = rd_kafka_topic_result_error_string(result).map { String(cString: $0) }
            let failure =
                code == RD_KAFKA_RESP_ERR_NO_ERROR ? nil : KafkaError(code, about: "topic \(name)", text: text)
            outcomes.updateValue(failure, forKey: name)
        }
        return outcomes
    }
}
