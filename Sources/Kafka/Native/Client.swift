import CKafka
import Synchronization

/// Owns one `rd_kafka_t`, its topics and what it calls back into. The public classes are faces of it.
final class Client: Sendable {
    enum Kind { case consumer, producer }

    let handle: NativeHandle
    private let callbacks: Callbacks
    private let topics = Mutex<[String: NativeHandle]>([:])
    private let isAbandoned = Atomic(false)

    /// - Parameter events: a mask of `RD_KAFKA_EVENT_…`.
    init(
        _ kind: Kind, settings: ClientSettings, events: CInt = 0, callbacks: Callbacks
    ) throws(KafkaError) {
        var text = [CChar](repeating: 0, count: 512)
        // Null only when memory is out.
        let configuration = rd_kafka_conf_new()!
        for (name, value) in settings.sorted(by: { $0.key < $1.key }) {
            guard rd_kafka_conf_set(configuration, name, value, &text, text.count) == RD_KAFKA_CONF_OK else {
                rd_kafka_conf_destroy(configuration)
                throw KafkaError(.invalidArgument, message: "\(name): \(text.cString)")
            }
        }
        callbacks.install(in: configuration)
        if kind == .producer { callbacks.installDelivery(in: configuration) }
        if events != 0 { rd_kafka_conf_set_events(configuration, events) }
        let type = kind == .consumer ? RD_KAFKA_CONSUMER : RD_KAFKA_PRODUCER
        guard let pointer = rd_kafka_new(type, configuration, &text, text.count) else {
            // The library takes the configuration over only when it succeeds.
            rd_kafka_conf_destroy(configuration)
            throw KafkaError(.invalidArgument, message: text.cString)
        }
        handle = NativeHandle(pointer: pointer)
        self.callbacks = callbacks
    }

    var pointer: OpaquePointer { handle.pointer }

    var fatalError: KafkaError? { KafkaError.fatal(of: pointer) }

    /// The library's object for a topic. Made once: making one costs a lock and a look-up for each record.
    func topic(_ name: String) throws(KafkaError) -> OpaquePointer {
        let known = topics.withLock { topics -> NativeHandle? in
            if let known = topics[name] { return known }
            guard let made = rd_kafka_topic_new(pointer, name, nil) else { return nil }
            let handle = NativeHandle(pointer: made)
            topics[name] = handle
            return handle
        }
        guard let known else { throw KafkaError(rd_kafka_last_error(), about: "topic \(name)") }
        return known.pointer
    }

    /// Throws what a call answered; `_FATAL` becomes the reason that the library keeps.
    func check(_ code: rd_kafka_resp_err_t, about: String = "") throws(KafkaError) {
        if code == RD_KAFKA_RESP_ERR__FATAL, let fatalError { throw fatalError }
        try KafkaError.check(code, about: about)
    }

    /// Writes a line of our own where the library's go.
    func log(_ level: Int, _ facility: String, _ message: String) {
        callbacks.log(LogLine(level: level, facility: facility, message: message))
    }

    /// From now on the client is not destroyed when it is let go: its threads run until the process ends.
    func abandon() { isAbandoned.store(true, ordering: .relaxed) }

    /// Destroying joins the library's threads, one of which may be resolving a host name for many seconds. So it is done
    /// on a thread of its own, and whoever let the client go (perhaps a thread that must poll) does not wait.
    deinit {
        let kept = Unmanaged.passRetained(callbacks)
        // Abandoned: the library's threads may log until the end, so what they call stays too.
        if isAbandoned.load(ordering: .relaxed) { return }
        let handle = handle
        let topics = topics.withLock { Array($0.values) }
        DetachedThread.run {
            // What waits or is under way is reported as purged; unpurged, it would hold the topics back.
            rd_kafka_purge(handle.pointer, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT)
            rd_kafka_flush(handle.pointer, 1000)
            for topic in topics { rd_kafka_topic_destroy(topic.pointer) }
            rd_kafka_destroy_flags(handle.pointer, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE)
            kept.release()
        }
    }
}
