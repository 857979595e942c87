import Engine
import Kafka

/// A tick on its way to the thread that commits.
struct CommitJob: Sendable {
    /// Nil when only offsets are to be committed, so that they do not expire.
    let tick: Tick?
    /// Of both inputs, for every partition that the tick writes for.
    let offsets: [PartitionOffset]
    /// Read at the moment when the tick was taken: whoever was evicted since then is refused.
    let group: GroupMetadata
}

/// How a tick ended.
struct CommitResult: Sendable {
    let end: TickEnd
    let records: Int
    /// In seconds.
    let duration: Double
    let producersRecreated: Int
    /// Another process has taken our place in the group: this one must end.
    let isReplaced: Bool
    /// What topics take, as far as it is known now.
    let limits: TopicLimits
}
