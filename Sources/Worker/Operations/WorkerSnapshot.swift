import Driver
import Engine
import Portal

/// Where a worker stands at one moment: what `/status`, `/readyz` and `/metrics` tell.
public struct WorkerSnapshot: Sendable {
    public typealias Stage = Driver.Stage

    /// What the transactions have been like since the start.
    public struct Transactions: Sendable {
        public var committed = 0
        public var aborted = 0
        /// Their fate is not known; the partitions were restored from the ledger.
        public var unknown = 0
        /// Producers made anew after a fatal error.
        public var producersRecreated = 0
        /// Records written by committed ones.
        public var records = 0
        /// Upper bounds in seconds of the buckets of `durations`; the last bucket has none.
        public static let durationBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
        public var durations = [Int](repeating: 0, count: durationBounds.count + 1)
        /// Seconds.
        public var durationSum = 0.0

        public init() {}
    }

    /// How far one input partition is behind.
    public struct Lag: Sendable {
        public let topic: String
        public let partition: Int32
        /// Records that the broker has and that were not taken yet; nil while that is not known.
        public let records: Int64?
    }

    public var stage: Stage
    /// Whether the consumer is a member of its group.
    public var isMember: Bool
    public var engine: EngineOverview
    public var engineStatistics: EngineStatistics
    public var portal: PortalStatistics
    public var portalCallsInFlight: Int
    public var transactions: Transactions
    public var lag: [Lag]
    public var partitionsRestoring: Int
    /// Restores that have ended well since the start.
    public var partitionsRestored: Int
    /// Milliseconds since the worker was started.
    public var uptime: Int64
    /// The client certificate in use; nil when that is not told.
    public var certificate: CertificateStatus?
    /// Dead letters of the last time that the gate was closed; nil when it never was.
    public var deadLetters: LetterReport?
    /// Whether it files, or only says what it would file.
    public var mode = FilingMode.live

    /// Whether it does all that it should: a member of the group, every partition restored, and the gate open or closed on
    /// purpose.
    public var isReady: Bool { stage == .running && isMember && partitionsRestoring == 0 && !isShutOut }

    /// Whether the gate keeps it from its work, and it was not told to wait.
    var isShutOut: Bool { engine.gate.state == .closed && !engine.gate.isHeld }
}
