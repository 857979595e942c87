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

extension GroupMetadata {
    /// Whether it names a member of a generation.
    ///
    /// What is read just after an eviction has generation -1 and no member. Brokers take that for a consumer outside any
    /// group management and check nothing (KIP-447: validation only "if the generation is not -1 or the member ID is not
    /// empty"), so a transaction sent with it would not be fenced at all. It must not be used.
    public var isMember: Bool { (written?.generation ?? -1) >= 0 }

    /// The name that the broker gave the member; empty when it has none at present. It is another one after an eviction,
    /// also for a static member, and the library does not always tell of that in another way: 2.0.2 answers a JoinGroup
    /// that is refused with `UNKNOWN_MEMBER_ID` by joining anew, without any `revoked` event.
    public var memberID: String { written?.memberID ?? "" }

    /// There are no accessors. The library's own serialisation is "CGMDv2:", the generation (native order), then the
    /// names of group, member and instance, each with a zero at its end.
    private var written: (generation: Int32, memberID: String)? {
        var buffer: UnsafeMutableRawPointer?
        var size = 0
        let failed = rd_kafka_consumer_group_metadata_write(handle.pointer, &buffer, &size)
        defer { rd_kafka_mem_free(nil, buffer) }
        if let failed {
            rd_kafka_error_destroy(failed)
            return nil
        }
        guard let buffer, size >= 11 else { return nil }
        let bytes = UnsafeRawBufferPointer(start: buffer, count: size)
        let names = bytes[11...].split(separator: 0, omittingEmptySubsequences: false)
        guard names.count >= 2 else { return nil }
        return (bytes.loadUnaligned(fromByteOffset: 7, as: Int32.self), String(decoding: names[1], as: UTF8.self))
    }
}
