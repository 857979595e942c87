import Engine

/// What must be true of a partition before it is taken over: where its inputs go on, and that its ledger was read to its
/// true end. Whoever has the consumer asks the questions.
///
/// The committed offsets come first: the broker answers only when no transaction of a predecessor that has sent offsets
/// is pending; one that has not sent them yet is fenced by the group's generation when it tries. Then the ledger.
public struct RestoreRun: Sendable {
    public enum Refusal: Hashable, Sendable {
        /// The group has a committed offset for one of the two inputs only.
        case oneOffsetOnly
        /// The committed offset of an input lies beyond its end.
        case beyondEnd(InputTopic, offset: Int64, end: Int64)
        /// The ledger has entries, and the group has no committed offsets.
        case ledgerWithoutOffsets
    }

    /// Where the inputs go on, as far as it is known.
    public private(set) var positions: [InputTopic: Int64] = [:]
    /// Nothing has been committed yet.
    private var isFirst = false
    /// Since when an open transaction of a predecessor, or what looks like one, has been in the way; milliseconds.
    private var heldUpSince: Int64?
    /// Since when something has been in the way, however often it was tried to end it; and when that was last told.
    private var hinderedSince: Int64?
    private var toldAt: Int64?
    /// The ledger had entries when the offsets were asked for.
    private var hasSeenEntries = false

    public init() {}

    /// What the group has committed. A group that has committed nothing begins with the oldest record there is, of both
    /// inputs, and from then on each transaction commits both: one alone has lost the other.
    public mutating func found(committed: [InputTopic: Int64]) -> Refusal? {
        guard committed.isEmpty || committed.count == InputTopic.allCases.count else { return .oneOffsetOnly }
        if committed.isEmpty, hasSeenEntries { return .ledgerWithoutOffsets }
        heldUpSince = nil
        isFirst = committed.isEmpty
        positions = committed
        return nil
    }

    /// What an input has at present.
    ///
    /// - Parameters:
    ///   - low: its oldest offset.
    ///   - high: the end.
    public mutating func found(_ topic: InputTopic, low: Int64, high: Int64) -> Refusal? {
        let position = positions[topic] ?? low
        guard position <= high else { return .beyondEnd(topic, offset: position, end: high) }
        positions[topic] = position
        return nil
    }

    /// Whether a read_committed reader that is told that the ledger ends here has seen all of it.
    ///
    /// - Parameter highWatermark: the true one, nil when it is not known. Below it, an open transaction hides the tail.
    public func isWhole(at end: Int64, highWatermark: Int64?) -> Bool { end == highWatermark }

    /// The committed offsets are not stable, or the ledger is not whole.
    public mutating func heldUp(at now: Int64) {
        heldUpSince = heldUpSince ?? now
        hinderedSince = hinderedSince ?? now
    }

    /// Whether what a predecessor has left open is to be ended: one that is alive ends its transaction within a moment.
    public func mustEndPredecessor(at now: Int64) -> Bool { heldUpSince.map { now - $0 >= 1000 } ?? false }

    /// It was tried, and is tried again for as long as it is in the way.
    public mutating func triedToEndPredecessor(at now: Int64) { heldUpSince = now }

    /// Whether somebody must be told, once a minute: brokers end a transaction of ours that is open for so long, so this one's
    /// end is lost.
    public mutating func mustTell(at now: Int64) -> Bool {
        guard let hinderedSince, now - hinderedSince >= 120_000, toldAt.map({ now - $0 >= 60_000 }) ?? true else {
            return false
        }
        toldAt = now
        return true
    }

    /// The ledger has been read. Entries do not go together with offsets that are not there; but this worker may have been
    /// stopped between the two questions, and another have had the partition.
    ///
    /// - Returns: whether both must be asked again.
    public mutating func mustStartOver(isLedgerEmpty: Bool) -> Bool {
        guard isFirst, !isLedgerEmpty else { return false }
        hasSeenEntries = true
        return true
    }
}
