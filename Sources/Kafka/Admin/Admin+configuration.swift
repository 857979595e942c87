import CKafka

extension Admin {
    /// The settings in force for each topic, defaults included; those that the broker keeps secret are missing.
    ///
    /// - Throws: also when one of the topics cannot be asked for, naming it.
    public func topicConfiguration(
        of topics: [String], milliseconds: Int32
    ) throws(KafkaError) -> [String: [String: String]] {
        if topics.isEmpty { return [:] }
        var requests: [OpaquePointer?] = topics.map { rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, $0) }
        defer { for request in requests { rd_kafka_ConfigResource_destroy(request) } }
        let answer = try AdminAnswer(from: client, milliseconds: milliseconds) { pointer, options, queue in
            rd_kafka_DescribeConfigs(pointer, &requests, requests.count, options, queue)
        }
        var count = 0
        let result = rd_kafka_event_DescribeConfigs_result(answer.event)
        let resources = rd_kafka_DescribeConfigs_result_resources(result, &count)
        var configurations: [String: [String: String]] = [:]
        for resource in UnsafeBufferPointer(start: resources, count: count) {
            let topic = String(cString: rd_kafka_ConfigResource_name(resource))
            let code = rd_kafka_ConfigResource_error(resource)
            let text = rd_kafka_ConfigResource_error_string(resource).map { String(cString: $0) }
            guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
                throw KafkaError(code, about: "settings of topic \(topic)", text: text)
            }
            configurations[topic] = Self.entries(of: resource)
        }
        return configurations
    }

    private static func entries(of resource: OpaquePointer?) -> [String: String] {
        var count = 0
        let entries = rd_kafka_ConfigResource_configs(resource, &count)
        var configuration: [String: String] = [:]
        for entry in UnsafeBufferPointer(start: entries, count: count) {
            guard let name = rd_kafka_ConfigEntry_name(entry), let value = rd_kafka_ConfigEntry_value(entry) else {
                continue
            }
            configuration[String(cString: name)] = String(cString: value)
        }
        return configuration
    }
}
