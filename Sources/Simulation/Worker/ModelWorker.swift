import Engine
import Estates

/// A worker process: the real engine, and around it a driver that keeps the rules of the real one.
final class ModelWorker {
    /// A call that was ordered and has not been answered.
    struct OpenCall {
        let call: PortalCall
        /// On the worker's monotonic clock.
        let deadline: Int64
    }

    /// The transaction that is under way. The metadata were read when the tick was taken.
    struct TickUnderWay {
        let tick: Tick
        var metadata: GroupMetadata
        var transaction: Int?
        /// Whether the engine has been told that it was committed: only without the mechanism `intentCommit`.
        var isReported = false
        /// Whether the commit was asked for: then a failure says nothing of its fate.
        var isCommitRequested = false
    }

    /// Never used twice.
    let number: Int
    /// Its place among the workers: its transactional id and its group instance id.
    let slot: Int
    var engine: Engine
    /// As its engine is configured.
    let lease: Int64

    /// When its gate closed, and why.
    var closings: [(at: Timestamp, reason: FailureReason)] = []

    var isAlive = true
    var isStopped = false
    /// What is to be handled once the process runs again.
    var keptBack: [Event] = []
    /// The monotonic clock's zero differs from process to process; the time of day jumps.
    let monotonicOffset: Int64
    var wallOffset: Int64 { didSet { furthestOffset = max(furthestOffset, wallOffset) } }
    private var furthestOffset: Int64
    /// Until when no packet passes between it and the broker.
    var cutUntil: Int64 = 0

    var member: Int?
    var generation = 0
    var isJoining = false
    var joins = 0
    /// A rebalance began while it was draining.
    var mustJoinAgain = false
    var owned: UInt32 = 0
    var draining: UInt32 = 0
    var drainRound = 0
    var isLeaving = false

    /// Where it reads each log (`Workload.log`): an index into it, or nil when nothing is taken from there.
    var intake: [Int?]
    var producerEpoch: Int?
    var isInitialising = false
    var tick: TickUnderWay?
    /// A tick to be written again: only without the mechanism `intentCommit`.
    var tickToRepeat: Tick?
    var isFollowing = false
    var isTickPlanned = false
    var isFetchPlanned = false
    var plannedWake: Int64?
    var calls: [CallTicket: OpenCall] = [:]
    /// Those of them that were started while the gate was closed.
    var probes: Set<CallTicket> = []
    /// The portal has asked for no calls until then.
    var pausedUntil: Int64 = 0

    init(number: Int, slot: Int, engine: Engine, lease: Int64, monotonicOffset: Int64, wallOffset: Int64, logs: Int) {
        self.number = number
        self.slot = slot
        self.engine = engine
        self.lease = lease
        self.monotonicOffset = monotonicOffset
        self.wallOffset = wallOffset
        furthestOffset = wallOffset
        intake = Array(repeating: nil, count: logs)
    }

    func moment(at now: Int64) -> Moment {
        Moment(
            monotonic: now + monotonicOffset, wall: Timestamp(milliseconds: 1_700_000_000_000 + now + wallOffset))
    }

    /// The latest time of day that its clock can have shown.
    func latestWall(at now: Int64) -> Timestamp {
        Timestamp(milliseconds: 1_700_000_000_000 + now + furthestOffset)
    }

    func owns(_ partition: Int32) -> Bool { owned & (1 << UInt32(partition)) != 0 }
}
