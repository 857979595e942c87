import CKafka

extension Record {
    init(_ message: UnsafePointer<rd_kafka_message_t>, topic: String) {
        let fetched = message.pointee
        var kind = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE
        self.init(
            topic: topic, partition: fetched.partition, offset: fetched.offset,
            timestamp: rd_kafka_message_timestamp(message, &kind),
            key: [UInt8]?(copying: fetched.key, count: fetched.key_len),
            value: [UInt8]?(copying: fetched.payload, count: fetched.len), headers: Self.headers(of: message))
    }

    private static func headers(of message: UnsafePointer<rd_kafka_message_t>) -> [Header] {
        var list: OpaquePointer?
        guard rd_kafka_message_headers(message, &list) == RD_KAFKA_RESP_ERR_NO_ERROR, let list else { return [] }
        var headers: [Header] = []
        var name: UnsafePointer<CChar>?
        var value: UnsafeRawPointer?
        var count = 0
        while rd_kafka_header_get_all(list, headers.count, &name, &value, &count) == RD_KAFKA_RESP_ERR_NO_ERROR {
            guard let name else { break }
            headers.append(Header(String(cString: name), [UInt8]?(copying: value, count: count)))
        }
        return headers
    }
}
