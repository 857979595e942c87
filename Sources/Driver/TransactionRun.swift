import Engine

/// The way of one transaction from its beginning to an end that is known, or known to be unknown. Whoever has the
/// producer makes the call that `step` names and says how it went.
///
/// What follows on an error is decided by its flags alone, never by its name (`_TIMED_OUT` was seen with all three):
/// retriable, the same call again without limit; abortable, abort; fatal, a new producer. Whatever fails before the commit
/// is surely not committed. A commit that fails is surely not committed when an abort succeeds after it; otherwise it may
/// have happened.
public struct TransactionRun: Sendable {
    public enum Step: Hashable, Sendable {
        /// Have a producer whose transactions are initialised. That decides the fate of what the one before left open.
        case openProducer
        case begin
        /// Everything that the tick writes.
        case produce
        case flush
        /// See that nothing of it was refused.
        case confirm
        case sendOffsets
        case commit
        case abort
        /// The producer is of no use any more.
        case discardProducer
        case end(TickEnd)
    }

    /// What may be done about a call that failed.
    public struct Failure: Hashable, Sendable {
        public var isRetriable: Bool
        public var requiresAbort: Bool
        /// The producer can do nothing any more, for this reason or an earlier one.
        public var isFatal: Bool

        public init(isRetriable: Bool = false, requiresAbort: Bool = false, isFatal: Bool = false) {
            self.isRetriable = isRetriable
            self.requiresAbort = requiresAbort
            self.isFatal = isFatal
        }
    }

    public private(set) var step = Step.openProducer
    /// The cause of the end had no flags: the same again is refused again for as long as a permission is missing. So rest
    /// before it.
    public private(set) var wantsRest = false
    /// The commit was asked for, so it may have happened.
    private var mayBeCommitted = false
    /// Some records may not have been answered for by the brokers when the transaction is aborted; also after a flush, for
    /// the library throws those away that are queued behind one that failed. It takes them for never written and uses their
    /// sequence numbers again; if one was written and its answer lost, the broker would take another record for it, and drop
    /// that. A new producer has numbers of its own.
    private var isCutShort = false

    public init() {}

    /// The call went well.
    public mutating func succeeded() {
        switch step {
        case .openProducer: step = mayBeCommitted ? .end(.unknown) : .begin
        case .begin: step = .produce
        case .produce: step = .flush
        case .flush: step = .confirm
        case .confirm: step = .sendOffsets
        case .sendOffsets: step = .commit
        case .commit: step = .end(.committed)
        // A transaction that was committed cannot be aborted.
        case .abort: step = isCutShort ? .discardProducer : .end(.aborted)
        // The new producer is opened before the partitions are restored: it decides the old transaction's fate, for which
        // the restore waits.
        case .discardProducer: step = mayBeCommitted ? .openProducer : .end(.aborted)
        case .end: break
        }
    }

    /// The call failed. When `step` stays as it was, it is to be made again.
    public mutating func failed(_ failure: Failure) {
        if failure.isRetriable, !failure.requiresAbort, !failure.isFatal, isRepeatable { return }
        switch step {
        case .openProducer, .discardProducer, .end:
            // There is nothing else to do but go on trying.
            return
        case .begin, .produce, .flush, .confirm, .sendOffsets:
            wantsRest = !failure.isFatal && !failure.requiresAbort && !failure.isRetriable
            isCutShort = step == .produce || step == .flush || step == .confirm
            step = failure.isFatal ? .discardProducer : .abort
        case .commit:
            mayBeCommitted = true
            // The library may have given a transaction up whose end has reached the broker.
            step = failure.requiresAbort && !failure.isFatal ? .abort : .discardProducer
        case .abort:
            // Ordinary: the broker was quicker, or has forgotten the transaction.
            step = .discardProducer
        }
    }

    /// Producing again would write everything twice, and what was refused is gone.
    private var isRepeatable: Bool { step != .produce && step != .confirm }
}
