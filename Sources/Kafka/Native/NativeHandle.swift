/// A pointer to one of librdkafka's objects that may go from thread to thread.
///
/// `@unchecked Sendable` is safe because it is made only for `rd_kafka_t`, `rd_kafka_topic_t`, `rd_kafka_queue_t`,
/// `rd_kafka_mock_cluster_t` (all of which lock for themselves, and may be used by any number of threads: INTRODUCTION.md,
/// "Threads and callbacks") and the group metadata, which nobody changes. Whoever holds one keeps its owner alive.
struct NativeHandle: @unchecked Sendable {
    let pointer: OpaquePointer
}
