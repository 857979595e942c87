/// What a consumer has to tell. Taken one at a time, in order, by `Consumer.poll`.
///
/// **The duty.** `assigned` and `revoked` are questions of the library to the application. Until they are answered, *all*
/// partitions of this consumer stand still (heartbeats and the other events go on), and while a revocation is unanswered
/// the group's rebalance waits for it. They may be answered whenever the application is ready, after other polls too, but
/// within the rebalance time-out (`max.poll.interval.ms`); a second or two is polite. Each is answered by exactly one
/// call, of the kind that the group's protocol wants (`Consumer.usesCooperativeProtocol`):
///
/// | event | cooperative | eager |
/// | --- | --- | --- |
/// | `assigned` | `incrementallyAssign` with these and their companions | `assign` with these and their companions |
/// | `revoked` | `incrementallyUnassign` with these and their companions | `unassign` |
///
/// - `assigned([])` is answered too, with `incrementallyAssign([])`: that resumes fetching.
/// - `lost` means that the group has given the partitions to somebody else already: nothing of them can be committed, so
///   answer at once. It is a hint only: what may be committed, the commit's own result decides.
/// - Polling must go on in between, or the group evicts this member after `max.poll.interval.ms`.
public enum ConsumerEvent: Hashable, Sendable {
    /// A record.
    case record(Record)
    /// The partition has been read to its end, as the isolation level sees it: with `read_committed`, to the last stable
    /// offset, which stays below the high watermark while a transaction is open. Needs `enable.partition.eof`. The offset
    /// is that of the next record to come.
    case endOfPartition(TopicPartition, offset: Int64)
    /// The group gives these partitions to this consumer: cooperative, in addition; eager, all that it shall have.
    case assigned([TopicPartition])
    /// The group takes these partitions away: cooperative, only these; eager, all.
    case revoked([TopicPartition], lost: Bool)
    /// Something that concerns the whole client. Most are for information (a broker is down, and the library is
    /// reconnecting); with `isFatal`, this consumer is finished.
    case failed(KafkaError)
    /// One partition cannot be read: it is gone, the offset is out of range, it is forbidden.
    case partitionFailed(TopicPartition, KafkaError)
    /// librdkafka's statistics, JSON (its STATISTICS.md), each `statistics.interval.ms`.
    case statistics(String)
}
