import CKafka

/// A consumer's membership of its group at one moment: which member, of which generation (KIP-447). A transaction that
/// sends offsets with it is refused once the group has moved on, and that is what fences a worker that lost its partitions.
///
/// Read it anew for every transaction. An old one makes a transaction fail that would have succeeded (abortable
/// `ILLEGAL_GENERATION`), never the other way round.
public final class GroupMetadata: Sendable {
    let handle: NativeHandle

    init(consuming pointer: OpaquePointer) { handle = NativeHandle(pointer: pointer) }

    /// Makes metadata by hand, of a member that may not exist: for tests of fencing.
    ///
    /// - Parameter generation: -1 is "no member", which brokers do not check.
    public init(group: String, generation: Int32, memberID: String, instanceID: String? = nil) {
        // Null only when memory is out.
        handle = NativeHandle(
            pointer: rd_kafka_consumer_group_metadata_new_with_genid(group, generation, memberID, instanceID)!)
    }

    deinit { rd_kafka_consumer_group_metadata_destroy(handle.pointer) }
}
