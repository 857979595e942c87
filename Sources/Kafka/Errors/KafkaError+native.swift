import CKafka

extension KafkaError {
    static func name(of code: Int32) -> String { String(cString: rd_kafka_err2name(rd_kafka_resp_err_t(code))) }

    /// Takes over an `rd_kafka_error_t` and destroys it.
    init(consuming error: OpaquePointer) {
        defer { rd_kafka_error_destroy(error) }
        self.init(
            code: rd_kafka_error_code(error).rawValue, name: String(cString: rd_kafka_error_name(error)),
            message: String(cString: rd_kafka_error_string(error)), isFatal: rd_kafka_error_is_fatal(error) != 0,
            isRetriable: rd_kafka_error_is_retriable(error) != 0,
            requiresAbort: rd_kafka_error_txn_requires_abort(error) != 0)
    }

    /// For calls that answer with a bare code.
    ///
    /// - Parameter about: what was being done, in front of the library's text; empty for nothing.
    /// - Parameter text: a better text than the code's own, where there is one.
    init(_ code: rd_kafka_resp_err_t, about: String = "", text: String? = nil, requiresAbort: Bool = false) {
        let text = text ?? String(cString: rd_kafka_err2str(code))
        self.init(
            code: code.rawValue, name: Self.name(of: code.rawValue),
            message: about.isEmpty ? text : "\(about): \(text)",
            isFatal: code == RD_KAFKA_RESP_ERR__FATAL, isRetriable: Self.transient.contains(code.rawValue),
            requiresAbort: requiresAbort)
    }

    /// The library says `_FATAL` and keeps the reason; this is the reason.
    static func fatal(of client: OpaquePointer) -> KafkaError? {
        var text = [CChar](repeating: 0, count: 512)
        let code = rd_kafka_fatal_error(client, &text, text.count)
        guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
        return KafkaError(
            code: code.rawValue, name: name(of: code.rawValue), message: text.cString, isFatal: true,
            isRetriable: false, requiresAbort: false)
    }

    /// Throws what a call answered, unless it is null; the answer is destroyed.
    static func check(_ error: OpaquePointer?) throws(KafkaError) {
        if let error { throw KafkaError(consuming: error) }
    }

    /// Throws what a call answered, unless it is no error.
    static func check(_ code: rd_kafka_resp_err_t, about: String = "") throws(KafkaError) {
        if code != RD_KAFKA_RESP_ERR_NO_ERROR { throw KafkaError(code, about: about) }
    }

    /// The codes after which the same call may succeed: Kafka's own retriable errors, and the library's time-outs and
    /// connections. `UNKNOWN_TOPIC_OR_PART` is not among them, although Java has it: a caller who waits for a new topic
    /// knows that it does.
    private static let transient: Set<Int32> = [
        Code.timedOut.rawValue, Code.transport.rawValue, Code.resolve.rawValue, Code.allBrokersDown.rawValue,
        Code.queueFull.rawValue, Code.notLeader.rawValue, Code.requestTimedOut.rawValue,
        Code.coordinatorLoading.rawValue, Code.coordinatorNotAvailable.rawValue, Code.notCoordinator.rawValue,
        Code.notEnoughReplicas.rawValue, Code.rebalanceInProgress.rawValue, Code.concurrentTransactions.rawValue,
        Code.unstableOffsetCommit.rawValue,
        RD_KAFKA_RESP_ERR__WAIT_COORD.rawValue, RD_KAFKA_RESP_ERR__WAIT_CACHE.rawValue,
        RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE.rawValue, RD_KAFKA_RESP_ERR_BROKER_NOT_AVAILABLE.rawValue,
        RD_KAFKA_RESP_ERR_NETWORK_EXCEPTION.rawValue, RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND.rawValue,
        RD_KAFKA_RESP_ERR_NOT_CONTROLLER.rawValue, RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR.rawValue,
        RD_KAFKA_RESP_ERR_FENCED_LEADER_EPOCH.rawValue, RD_KAFKA_RESP_ERR_UNKNOWN_LEADER_EPOCH.rawValue,
        RD_KAFKA_RESP_ERR_OFFSET_NOT_AVAILABLE.rawValue, RD_KAFKA_RESP_ERR_LISTENER_NOT_FOUND.rawValue,
    ]
}
