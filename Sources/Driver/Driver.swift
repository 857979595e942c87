import Engine
import Estates

/// The decisions around the engine, as a value: which partitions are ours and under which name, what is fetched and what
/// stands still, when a tick may be taken, how it all ends. It has no I/O, no clock and no Kafka; the worker and the
/// simulation run this same code, and differ in who carries its actions out.
///
/// Give it what happens, and carry out all that `takeActions` returns before the next input.
public struct Driver {
    public enum Stage: String, Sendable {
        /// No partition has been given yet, or never will: there may be more workers than partitions.
        case joining
        case running
        /// Told to stop, finishing what is under way.
        case draining
        case closing
    }

    public var engine: Engine
    public internal(set) var stage = Stage.joining

    /// The name under which the group has given us what we own (`Driver+Membership`).
    var member = ""
    /// Partitions that the group has given us.
    public internal(set) var owned: Set<Int32> = []
    /// Those of them that came with an earlier membership.
    var disowned: Set<Int32> = []
    /// Those of them whose records the consumer fetches.
    public internal(set) var fetched: Set<Int32> = []
    /// Those of these that stand still while their ledger is read again.
    var standing: Set<Int32> = []
    public internal(set) var restoring: Set<Int32> = []
    var revocation: Revocation?
    /// Restored while a revocation was being answered.
    var postponedIntakes: [Intake] = []
    /// Restored, but the consumer would not fetch them.
    var failedIntakes: [Intake] = []
    var retryIntakesAt: Int64?
    /// The next offset to take in of each partition that is fetched.
    var nextOffsets: [InputPartition: Int64] = [:]
    /// Partitions whose records come again, so that it is told once.
    var rereading: Set<InputPartition> = []

    /// Since when the window has been full; milliseconds.
    var fullSince: Int64?
    public internal(set) var isPaused = false

    var pace: TickPace
    var isProducerReady = false
    public internal(set) var isTickUnderWay = false
    /// How long offsets are left alone, and since when; milliseconds.
    public var offsetsLifetime: Int64 = 6 * 3_600_000
    var offsetsKeptAt: Int64

    /// Something that is no tick is under way, and is finished before the end: a replay.
    public var hasOtherWork = false
    let drainTimeout: Int64
    var stopDeadline: Int64?
    /// Partitions whose work is still being finished before the end.
    var undrainedAtStop: Set<Int32> = []

    var actions: [Action] = []

    /// - Parameters:
    ///   - transactionInterval: the time between two ticks under load, in milliseconds.
    ///   - drainTimeout: how long what is under way may take at the end, in milliseconds.
    public init(engine: Engine, transactionInterval: Int64, drainTimeout: Int64, at now: Moment) {
        self.engine = engine
        self.drainTimeout = drainTimeout
        pace = TickPace(interval: transactionInterval * 1_000_000)
        offsetsKeptAt = now.monotonic
    }

    /// Time has passed.
    public mutating func advance(to now: Moment) {
        engine.advance(to: now)
        if let at = retryIntakesAt, now.monotonic >= at { retryIntakes() }
    }

    /// When time makes a difference next, on the monotonic clock in milliseconds. Ticks have their own (`tickWish`).
    public var nextWake: Int64? {
        let window = isPaused ? nil : fullSince.map { $0 + Driver.fullnessPatience + 1 }
        var wake = engine.nextWake ?? .max
        wake = min(wake, revocation?.deadline ?? .max, stopDeadline ?? .max, window ?? .max, retryIntakesAt ?? .max)
        return wake == .max ? nil : wake
    }

    /// What is to be done now, in this order; to be asked until there is nothing more.
    public mutating func takeActions(at now: Moment) -> [Action] {
        absorbCommands()
        watchWindow(at: now)
        finishRevocation(at: now)
        absorbCommands()
        defer { actions.removeAll(keepingCapacity: true) }
        return actions
    }

    /// What the engine wants becomes actions; what it says about partitions is dealt with here.
    mutating func absorbCommands() {
        for command in engine.takeCommands() {
            switch command {
            case .call(let ticket, let call, let deadline): actions.append(.call(ticket, call, deadline: deadline))
            case .cancel(let ticket): actions.append(.cancel(ticket))
            case .restore(let partition, let epoch):
                restoring.insert(partition)
                stand(partition)
                actions.append(.restore(partition: partition, epoch: epoch))
            case .startIntake(let partition, let positions):
                restoring.remove(partition)
                startIntake(Intake(partition: partition, positions: positions))
            case .drained(let partition):
                revocation?.undrained.remove(partition)
                undrainedAtStop.remove(partition)
            case .report(let report): actions.append(.report(report))
            }
        }
    }
}
