import CKafka

/// Asks one thing of the cluster and owns the answer, an event of the library.
struct AdminAnswer: ~Copyable {
    let event: OpaquePointer

    /// Blocks until the answer is there.
    ///
    /// - Parameter ask: makes the request, given the client, its options and the queue for the answer.
    init(
        from client: Client, milliseconds: Int32, _ ask: (OpaquePointer, OpaquePointer?, OpaquePointer?) -> Void
    ) throws(KafkaError) {
        let queue = rd_kafka_queue_new(client.pointer)
        defer { rd_kafka_queue_destroy(queue) }
        let options = rd_kafka_AdminOptions_new(client.pointer, RD_KAFKA_ADMIN_OP_ANY)
        defer { rd_kafka_AdminOptions_destroy(options) }
        var text = [CChar](repeating: 0, count: 256)
        try KafkaError.check(
            rd_kafka_AdminOptions_set_request_timeout(options, milliseconds, &text, text.count), about: text.cString)
        ask(client.pointer, options, queue)
        // The library's own time-out ends it; this wait is a little longer, so that its reason is heard.
        guard let event = rd_kafka_queue_poll(queue, milliseconds &+ 1000) else {
            throw KafkaError(.timedOut, message: "no answer within \(milliseconds) ms", isRetriable: true)
        }
        let code = rd_kafka_event_error(event)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            defer { rd_kafka_event_destroy(event) }
            throw KafkaError(code, text: rd_kafka_event_error_string(event).map { String(cString: $0) })
        }
        self.event = event
    }

    deinit { rd_kafka_event_destroy(event) }
}
