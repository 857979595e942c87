import CKafka

/// What librdkafka calls back into: the opaque pointer of a client's configuration refers to it.
final class Callbacks: Sendable {
    /// On any of the library's threads.
    let log: @Sendable (LogLine) -> Void
    /// On the thread that polls or flushes a producer: what became of a record, and the pointer that went with it.
    let delivered: @Sendable (Result<PartitionOffset, KafkaError>, UnsafeMutableRawPointer?) -> Void

    init(
        log: @escaping @Sendable (LogLine) -> Void,
        delivered: @escaping @Sendable (Result<PartitionOffset, KafkaError>, UnsafeMutableRawPointer?) -> Void
    ) {
        self.log = log
        self.delivered = delivered
    }

    /// Lines also come from inside `rd_kafka_new`, before we have the client; its opaque pointer is set by then.
    func install(in configuration: OpaquePointer) {
        rd_kafka_conf_set_opaque(configuration, Unmanaged.passUnretained(self).toOpaque())
        rd_kafka_conf_set_log_cb(configuration) { client, level, facility, text in
            guard let client, let facility, let text, let opaque = rd_kafka_opaque(client) else { return }
            let line = LogLine(
                level: Int(level), facility: String(cString: facility), message: String(cString: text))
            Unmanaged<Callbacks>.fromOpaque(opaque).takeUnretainedValue().log(line)
        }
    }

    /// Asks for a delivery report for each record. A callback and not an event: `rd_kafka_flush` and the transactional
    /// calls serve callbacks themselves, and with events they would wait for somebody else to do it.
    func installDelivery(in configuration: OpaquePointer) {
        rd_kafka_conf_set_dr_msg_cb(configuration) { _, message, opaque in
            guard let message, let opaque else { return }
            let callbacks = Unmanaged<Callbacks>.fromOpaque(opaque).takeUnretainedValue()
            let report = message.pointee
            let outcome: Result<PartitionOffset, KafkaError>
            if report.err == RD_KAFKA_RESP_ERR_NO_ERROR {
                let place = TopicPartition(String(cString: rd_kafka_topic_name(report.rkt)), report.partition)
                outcome = .success(PartitionOffset(place, Offset(native: report.offset)))
            } else {
                outcome = .failure(KafkaError(report.err, about: String(cString: rd_kafka_topic_name(report.rkt))))
            }
            callbacks.delivered(outcome, report._private)
        }
    }
}
