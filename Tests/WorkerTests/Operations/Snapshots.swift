import Driver
import Engine
import Estates

@testable import Portal
@testable import Worker

extension WorkerSnapshot {
    /// A worker that has just begun, with things to tell.
    static func sample(
        stage: Stage = .running, isMember: Bool = true, restoring: Int = 0,
        engine: Engine = Engine(settings: EngineSettings(), seed: 1)
    ) -> WorkerSnapshot {
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

extension Engine {
    /// One whose first call met this.
    static func met(_ cause: PortalFailure.Cause, policy: FailurePolicy = .deadLetter) -> Engine {
        var settings = EngineSettings()
        settings.failurePolicy = policy
        var engine = Engine(settings: settings, seed: 1)
        let now = Moment(monotonic: 1_000, wall: Timestamp(milliseconds: 1_795_515_300_000))
        engine.assigned(0, at: now)
        for case .restore(let partition, let epoch) in engine.takeCommands() {
            engine.restored(partition, epoch: epoch, RestoredPartition(), at: now)
        }
        let json = """
            {"id":"r-1","kind":"claim","reference":"R-1","creditor":{"cvr":"97281536"},
             "deceased":{"cpr":"6101901234"},"claim":{"principal":"1.00"}}
            """
        let record = OriginalRecord(
            source: Source(topic: .claimRequests, partition: 0, offset: 0), timestamp: 0, key: Array("k".utf8),
            value: Array(json.utf8), headers: [])
        engine.record(record, RecordParser(isProduction: false).parse(record), at: now)
        for case .call(let ticket, _, _) in engine.takeCommands() {
            engine.answered(ticket, .failure(PortalFailure(cause, mayHaveTakenEffect: false)), at: now)
        }
        return engine
    }
}
