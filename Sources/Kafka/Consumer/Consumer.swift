import CKafka
import Synchronization

/// A consumer: alone with partitions of its own choice (`assign`), or a member of a group (`subscribe`).
///
/// All calls may come from any thread. `poll` belongs to one of them, since the order of events is their meaning, and
/// whoever polls must also answer rebalances (`ConsumerEvent`). Calls with `milliseconds` block, sometimes well beyond
/// that when a broker is down: a thread that must poll leaves them to another.
///
/// **The end.** `beginClose`, poll until `isClosed` (answering the last `revoked`), then let it go. A consumer that is let
/// go in another state is not always destroyed: see `deinit`. A process that ends anyway calls `abandon` and `_exit`.
public final class Consumer: Sendable {
    let client: Client
    let queue: NativeHandle
    let topics = TopicNames()
    let hasGroup: Bool
    private let isCooperative: Bool
    private let hasSubscribed = Atomic(false)
    private let hasBeenAssigned = Atomic(false)

    /// Makes a consumer; it connects by itself, later.
    ///
    /// - Parameter settings: librdkafka's, `bootstrap.servers` at least; `group.id` for `subscribe`, `committed` and `commit`.
    /// - Parameter log: called on the library's threads.
    /// - Throws: a setting that does not exist or cannot be, with its name.
    public init(settings: ClientSettings, log: @escaping @Sendable (LogLine) -> Void) throws(KafkaError) {
        let callbacks = Callbacks(log: log, delivered: { _, _ in })
        let events =
            RD_KAFKA_EVENT_FETCH | RD_KAFKA_EVENT_REBALANCE | RD_KAFKA_EVENT_ERROR | RD_KAFKA_EVENT_STATS
        hasGroup = settings["group.id"] != nil
        let settings = settings.merging(hasGroup ? [:] : Self.withoutGroup) { given, _ in given }
        client = try Client(.consumer, settings: settings, events: events, callbacks: callbacks)
        isCooperative = settings["partition.assignment.strategy"]?.contains("cooperative") ?? false
        // Errors and statistics come on another queue by default; now there is one for everything.
        rd_kafka_poll_set_consumer(client.pointer)
        // Null only for producers and consumers without a group.
        queue = NativeHandle(pointer: rd_kafka_queue_get_consumer(client.pointer)!)
    }

    /// The library assigns nothing to a consumer that has no `group.id`. So one is made up, of which it becomes no member
    /// and in which nothing is committed.
    private static let withoutGroup: ClientSettings = ["group.id": "none", "enable.auto.commit": "false"]

    /// librdkafka 2.0.2 aborts the process (`rd_kafka_sticky_assignor_state_destroy`, an assertion) when a cooperative
    /// consumer is destroyed that has joined its group (JoinGroup answered: the assignor is set) but has never had an
    /// assignment (no SyncGroup answered: the assignor's state is still null). Nor can a member that has not closed be
    /// destroyed without waiting for its group. So a member is destroyed only when it has closed, and a cooperative one
    /// only when it has been assigned something at least once; any other is left to the end of the process, with a line
    /// in the log. One that never subscribed is always destroyed.
    deinit {
        let isSafe =
            !hasSubscribed.load(ordering: .relaxed)
            || (isClosed && (!isCooperative || hasBeenAssigned.load(ordering: .relaxed)))
        if !isSafe {
            client.log(5, "ABANDON", "a consumer that is still a member of its group is left to the end of the process")
            client.abandon()
        }
        rd_kafka_queue_destroy(queue.pointer)
    }

    /// Leaks this consumer on purpose: its threads go on until the process ends, and nothing can abort or block it. For
    /// the end of a process, when closing has taken too long.
    public func abandon() { client.abandon() }

    /// Joins the group for these topics; assignments come as events.
    ///
    /// - Throws: `invalidArgument` without a `group.id`.
    public func subscribe(to topics: [String]) throws(KafkaError) {
        guard hasGroup else { throw KafkaError(.invalidArgument, message: "group.id: must be set to subscribe") }
        hasSubscribed.store(true, ordering: .relaxed)
        let list = PartitionList(topics: topics)
        try client.check(rd_kafka_subscribe(client.pointer, list.pointer), about: "subscribe")
    }

    /// Has 8 bytes (a `UInt64` 1) written to this descriptor, an eventfd, whenever the consumer goes from having no event
    /// to having one. After each wake, poll until nil: what is left over wakes nobody again. The descriptor must stay open
    /// as long as the consumer, or until another takes its place; -1 for none.
    public func wakes(_ descriptor: CInt) {
        var one: UInt64 = 1
        rd_kafka_queue_io_event_enable(queue.pointer, descriptor, &one, MemoryLayout.size(ofValue: one))
    }

    /// The next event, or nil when there is none.
    ///
    /// - Parameter milliseconds: how long to wait for one.
    public func poll(milliseconds: Int32 = 0) -> ConsumerEvent? {
        var wait = milliseconds
        while let event = rd_kafka_queue_poll(queue.pointer, wait) {
            defer { rd_kafka_event_destroy(event) }
            if let meaning = ConsumerEvent(event, of: client, topics: topics) {
                if case .assigned = meaning { hasBeenAssigned.store(true, ordering: .relaxed) }
                return meaning
            }
            // An event of no interest does not end the wait for the others, but nothing is gained by waiting twice.
            wait = 0
        }
        return nil
    }

    /// Begins to leave: the group gets its partitions back, after a last `revoked` event that wants its answer. Polling
    /// must go on until `isClosed`, normally for some milliseconds; with a rebalance going on, up to the session time-out.
    ///
    /// `committed` must not be called any more: for an assignment that comes now, it would time out again and again. A
    /// consumer that has failed for good (a fenced static member) never becomes closed: do not wait for it.
    public func beginClose() {
        // It refuses only when it is closed already or failed for good, and then there is nothing to do.
        if let refusal = rd_kafka_consumer_close_queue(client.pointer, queue.pointer) {
            rd_kafka_error_destroy(refusal)
        }
    }

    /// Whether leaving is complete.
    public var isClosed: Bool { rd_kafka_consumer_closed(client.pointer) != 0 }
}
