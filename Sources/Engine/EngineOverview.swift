import Estates

/// Where things stand in an engine, for people and metrics.
public struct EngineOverview: Sendable {
    public struct PartitionOverview: Sendable {
        public let number: Int32
        public let stage: String
        public let positions: [InputTopic: Int64]
    }

    public internal(set) var partitions: [PartitionOverview] = []
    /// Filings by phase.
    public internal(set) var filings: [PhaseName: Int] = [:]
    /// Notifications that have no answer yet.
    public internal(set) var notifications = 0
    /// Persons whose estates are sought or waited for.
    public internal(set) var persons = 0
    /// Filings whose deadline is near, as of some minutes ago; none that has lapsed.
    public internal(set) var nearDeadlines: [DeadlineNews: Int] = [:]
    /// Estates that are followed.
    public internal(set) var followedEstates = 0
    /// Up to when all changes have been published, by the portal's clock: of the partition that is furthest behind.
    public internal(set) var followedSince: Timestamp?
    public let callsUnderWay: Int
    /// Calls that wait: for the gate, a limit, or the budget for retries.
    public let callsWaiting: Int
    /// Calls at once that the portal is given, by how it answers; never above the setting.
    public let concurrencyLimit: Int
    public let gate: GateOverview

    init(_ shared: Shared) {
        callsUnderWay = shared.calls.underWay.count
        callsWaiting = shared.calls.waitingCount
        concurrencyLimit = shared.concurrency.calls
        gate = GateOverview(shared.gate, shared.settings.failurePolicy, shared.now)
    }

    mutating func add(_ partition: Partition, _ number: Int32) {
        partitions.append(
            PartitionOverview(number: number, stage: "\(partition.stage)", positions: partition.positions))
        partitions.sort { $0.number < $1.number }
        for phase in PhaseName.allCases { filings[phase, default: 0] += partition.phases[phase.rawValue] }
        filings[.settled, default: 0] += partition.settled.count
        notifications += partition.notifications.count
        persons += partition.persons.count
        nearDeadlines.merge(partition.nearDeadlines, uniquingKeysWith: +)
        followedEstates += partition.followed.count
        if partition.followed.count > 0, let since = partition.checkpoint?.since {
            followedSince = min(followedSince ?? since, since)
        }
    }
}
