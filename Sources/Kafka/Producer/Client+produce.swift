import CKafka
import Glibc

extension Client {
    /// Puts a record into the library's queue; its bytes are copied. When the queue is full, it serves delivery reports
    /// until there is room.
    ///
    /// - Parameter opaque: comes back with the delivery report.
    /// - Parameter patience: how long to wait for room, in milliseconds.
    func produce(
        _ topic: String, _ partition: Int32?, key: [UInt8]?, value: [UInt8]?, headers: [Header], timestamp: Int64?,
        opaque: UnsafeMutableRawPointer? = nil, patience: Int = 10_000
    ) throws(KafkaError) {
        let handle = try self.topic(topic)
        let partition = partition ?? -1
        var waited = 0
        while true {
            let code =
                headers.isEmpty && timestamp == nil
                ? enqueue(handle, partition, key, value, opaque)
                : enqueue(handle, partition, key, value, headers, timestamp, opaque)
            guard code == RD_KAFKA_RESP_ERR__QUEUE_FULL, waited < patience else {
                return try check(code, about: "produce to \(topic)")
            }
            rd_kafka_poll(pointer, 10)
            waited += 10
        }
    }

    /// The fast path.
    private func enqueue(
        _ topic: OpaquePointer, _ partition: Int32, _ key: [UInt8]?, _ value: [UInt8]?,
        _ opaque: UnsafeMutableRawPointer?
    ) -> rd_kafka_resp_err_t {
        let failed = key.withNullableBytes { key, keyCount in
            value.withNullableBytes { value, valueCount in
                rd_kafka_produce(
                    topic, partition, RD_KAFKA_MSG_F_COPY, value, valueCount, key, keyCount, opaque)
            }
        }
        return failed == 0 ? RD_KAFKA_RESP_ERR_NO_ERROR : rd_kafka_last_error()
    }

    /// The same with headers or a time, which the plain call cannot take.
    private func enqueue(
        _ topic: OpaquePointer, _ partition: Int32, _ key: [UInt8]?, _ value: [UInt8]?, _ headers: [Header],
        _ timestamp: Int64?, _ opaque: UnsafeMutableRawPointer?
    ) -> rd_kafka_resp_err_t {
        key.withNullableBytes { key, keyCount in
            value.withNullableBytes { value, valueCount in
                var parts = [
                    rd_kafka_vu_t(RD_KAFKA_VTYPE_RKT) { $0.rkt = topic },
                    rd_kafka_vu_t(RD_KAFKA_VTYPE_PARTITION) { $0.i32 = partition },
                    rd_kafka_vu_t(RD_KAFKA_VTYPE_MSGFLAGS) { $0.i = RD_KAFKA_MSG_F_COPY },
                    rd_kafka_vu_t(RD_KAFKA_VTYPE_OPAQUE) { $0.ptr = opaque },
                    rd_kafka_vu_t(RD_KAFKA_VTYPE_KEY) { $0.mem = .init(ptr: key, size: keyCount) },
                    rd_kafka_vu_t(RD_KAFKA_VTYPE_VALUE) { $0.mem = .init(ptr: value, size: valueCount) },
                ]
                if let timestamp { parts.append(rd_kafka_vu_t(RD_KAFKA_VTYPE_TIMESTAMP) { $0.i64 = timestamp }) }
                // Null only when memory is out.
                let list = rd_kafka_headers_new(headers.count)!
                for header in headers {
                    _ = header.value.withNullableBytes { rd_kafka_header_add(list, header.name, -1, $0, $1) }
                }
                parts.append(rd_kafka_vu_t(RD_KAFKA_VTYPE_HEADERS) { $0.headers = list })
                guard let refusal = rd_kafka_produceva(pointer, parts, parts.count) else {
                    return RD_KAFKA_RESP_ERR_NO_ERROR
                }
                // Only a call that succeeds takes the headers over.
                rd_kafka_headers_destroy(list)
                defer { rd_kafka_error_destroy(refusal) }
                return rd_kafka_error_code(refusal)
            }
        }
    }

    /// Waits until all records are delivered or have failed, and serves their delivery reports. Blocking.
    func flush(milliseconds: Int32) throws(KafkaError) {
        try check(rd_kafka_flush(pointer, milliseconds), about: "flush")
    }
}

extension rd_kafka_vu_t {
    /// One argument of `rd_kafka_produceva`.
    fileprivate init(_ type: rd_kafka_vtype_t, _ fill: (inout rd_kafka_vu_s.__Unnamed_union_u) -> Void) {
        self.init()
        vtype = type
        fill(&u)
    }
}
