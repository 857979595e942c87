import Driver
import Engine
import Estates

/// A worker process: the real driver with its engine, and models of what it drives.
final class ModelWorker {
    /// A call that was ordered and has not been answered.
    struct OpenCall {
        let call: PortalCall
        /// On the worker's monotonic clock.
        let deadline: Int64
    }

    /// The transaction that is under way. The metadata were read when the tick was taken.
    struct TickUnderWay {
        /// Tells it from others of this worker.
        let number: Int
        let commitment: Commitment
        var metadata: GroupMetadata
        var run = TransactionRun()
        /// The broker's number for it.
        var transaction: Int?
        /// Whether the engine has been told that it was committed: only without the mechanism `intentCommit`.
        var isReported = false
    }

    /// A partition whose ledger is being read.
    struct Restoring {
        let epoch: UInt64
        var run = RestoreRun()
    }

    /// Never used twice.
    let number: Int
    /// Its place among the workers: its transactional id and its group instance id.
    let slot: Int
    var driver: Driver
    var consumer: ModelConsumer
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

    /// Nil while it has no producer.
    var producerEpoch: Int?
    var hasJoined = false
    var tick: TickUnderWay?
    var ticksTaken = 0
    /// A tick to be written again: only without the mechanism `intentCommit`.
    var tickToRepeat: Commitment?
    var restores: [Int32: Restoring] = [:]
    var isFollowing = false
    var isTickPlanned = false
    var isPollPlanned = false
    var plannedWake: Int64?
    var calls: [CallTicket: OpenCall] = [:]
    /// Those of them that were started while the gate was closed.
    var probes: Set<CallTicket> = []
    /// Of its latest calls, whether somebody waited whose deadline was nearer.
    var overtaking: [Bool] = []
    /// The portal has asked for no calls until then.
    var pausedUntil: Int64 = 0

    init(number: Int, slot: Int, driver: Driver, lease: Int64, monotonicOffset: Int64, wallOffset: Int64, logs: Int) {
        self.number = number
        self.slot = slot
        self.driver = driver
        self.lease = lease
        self.monotonicOffset = monotonicOffset
        self.wallOffset = wallOffset
        furthestOffset = wallOffset
        consumer = ModelConsumer(logs: logs)
    }

    var engine: Engine {
        _read { yield driver.engine }
        _modify { yield &driver.engine }
    }

    /// The time of day when a run begins: twenty seconds before midnight in Copenhagen, at the end of 2023-11-14, so that days
    /// end while faults still happen.
    static let beginning: Int64 = 1_700_002_780_000

    func moment(at now: Int64) -> Moment {
        Moment(
            monotonic: now + monotonicOffset, wall: Timestamp(milliseconds: ModelWorker.beginning + now + wallOffset))
    }

    /// The latest time of day that its clock can have shown.
    func latestWall(at now: Int64) -> Timestamp {
        Timestamp(milliseconds: ModelWorker.beginning + now + furthestOffset)
    }
}
