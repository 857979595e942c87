/// A study of very many persons who wait for their estates: what it depends on besides its seed.
public struct WaitingSettings: Sendable {
    public var persons = 200_000
    /// Of simulated time.
    public var days = 42
    public var seed: UInt64 = 1
    public var partitions: Int32 = 6
    /// When the worker is killed, and how long nobody is there then.
    public var restarts = [
        Restart(day: 21, hours: 0.2), Restart(day: 32, hours: 36),
    ]
    /// What is taken away, to see that it is noticed.
    public var without: WaitingControl?

    public init() {}

    public struct Restart: Hashable, Sendable {
        public let day: Int
        public let hours: Double

        public init(day: Int, hours: Double) {
            self.day = day
            self.hours = hours
        }
    }
}

/// What keeps those who wait from coming in waves. Nothing of it can be switched off in the engine, so the world lies to it.
public enum WaitingControl: String, Sendable, CaseIterable {
    /// After a restart the ledger has lost when anybody is to be sought next.
    case schedules
    /// Whoever wakes the engine does so once in an hour only, so that all jitter within the hour is lost.
    case timers
}
