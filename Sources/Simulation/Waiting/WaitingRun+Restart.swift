import Engine
import Estates

extension WaitingRun {
    /// A worker takes all partitions over.
    mutating func start() {
        engines += 1
        var next = Engine(settings: EngineSettings(), seed: settings.seed &+ engines)
        for partition in 0..<settings.partitions { next.assigned(partition, at: moment) }
        for case .restore(let partition, let epoch) in next.takeCommands() {
            next.restored(partition, epoch: epoch, contents(of: partition), at: moment)
        }
        engine = next
        takeCommands()
    }

    /// The worker is killed; what it had not committed is gone. Another one comes after a time.
    mutating func restartWorker(after pause: Int64) {
        engine = Engine(settings: EngineSettings(), seed: 0)
        forgetWork()
        report.stopped(at: now)
        now += pause
        let before = ResidentMemory.now
        start()
        report.started(at: now, grownBy: ResidentMemory.now - before, waiting: engine.overview.persons)
    }

    private func contents(of partition: Int32) -> RestoredPartition {
        let view = ledger[Int(partition)]
        var contents = RestoredPartition()
        for entry in view.filings.values.sorted(by: { $0.identity.reference < $1.identity.reference }) {
            var entry = entry
            if settings.without == .schedules { entry.nextAt = nil }
            contents.add(entry)
        }
        contents.notifications = view.notifications.values.sorted { $0.offset < $1.offset }
        if settings.without == .schedules { contents.notifications = [] }
        for source in view.requests.keys {
            let number = Int(source.offset) / (source.topic == .claimRequests ? 2 : 1)
            for item in people[number].records(in: partition) where item.record.source == source {
                contents.requests[source] = item
            }
        }
        contents.positions = [.claimRequests: 0, .deathNotifications: 0]
        return contents
    }
}
