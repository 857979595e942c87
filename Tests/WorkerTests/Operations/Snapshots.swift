import Driver
import Engine

@testable import Portal
@testable import Worker

extension WorkerSnapshot {
    /// A worker that has just begun, with things to tell.
    static func sample(stage: Stage = .running, isMember: Bool = true, restoring: Int = 0) -> WorkerSnapshot {
        let engine = Engine(settings: EngineSettings(), seed: 1)
        var transactions = Transactions()
        transactions.committed = 3
        transactions.aborted = 1
        transactions.durations[0] = 2
        transactions.durations[Transactions.durationBounds.count] = 1
        transactions.durationSum = 31.5
        return WorkerSnapshot(
            stage: stage, isMember: isMember, engine: engine.overview, engineStatistics: engine.statistics,
            portal: PortalStatistics(), portalCallsInFlight: 7, transactions: transactions,
            lag: [
                Lag(topic: "a\"b\\c", partition: 0, records: 12),
                Lag(topic: "estate.claim-requests", partition: 1, records: nil),
            ],
            partitionsRestoring: restoring, partitionsRestored: 0, uptime: 61_500)
    }
}
