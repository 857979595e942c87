import Driver
import Engine
import Estates

/// Reads ledgers, as the restorer does.
extension Simulation {
    func restore(_ partition: Int32, epoch: UInt64, _ worker: ModelWorker) {
        note("worker \(worker.number): restores \(partition), epoch \(epoch)")
        worker.restores[partition] = ModelWorker.Restoring(epoch: epoch)
        ask(worker, .committed(partition, epoch: epoch))
    }

    /// - Parameter offsets: nil when they are not stable.
    func found(_ offsets: InputOffsets?, _ partition: Int32, epoch: UInt64, _ worker: ModelWorker) {
        guard var restoring = worker.restores[partition], restoring.epoch == epoch else { return }
        guard let offsets else {
            return waitForPredecessor(partition, .committed(partition, epoch: epoch), worker)
        }
        var refusal = restoring.run.found(committed: offsets.committed)
        for topic in InputTopic.allCases where refusal == nil {
            refusal = restoring.run.found(topic, low: 0, high: offsets.ends[topic] ?? 0)
        }
        if let refusal { return refuse(refusal, partition, worker) }
        worker.restores[partition] = restoring
        ask(worker, .readLedger(partition, epoch: epoch))
    }

    /// The reader has come to what it takes for the end.
    func sawEnd(_ end: LedgerEnd, _ partition: Int32, epoch: UInt64, _ worker: ModelWorker) {
        guard var restoring = worker.restores[partition], restoring.epoch == epoch else { return }
        let highWatermark = settings.without == .restoreToEnd ? end.offset : end.highWatermark
        guard restoring.run.isWhole(at: end.offset, highWatermark: highWatermark) else {
            return waitForPredecessor(partition, .readLedger(partition, epoch: epoch), worker)
        }
        var contents = end.view.restored(workload, positions: restoring.run.positions)
        if restoring.run.mustStartOver(isLedgerEmpty: contents.isEmpty) {
            count(.overtakenRestore)
            worker.restores[partition] = restoring
            return ask(worker, .committed(partition, epoch: epoch))
        }
        worker.restores[partition] = nil
        if settings.without == .lease {
            for var entry in Array(contents.unsettled.values) {
                entry.lease = 0
                contents.add(entry)
            }
        }
        switch settings.without {
        case .followState:
            for estate in end.view.firstSeen.values.sorted(by: { $0.id.text < $1.id.text }) { contents.add(estate) }
        case .followCheckpoint:
            // As if it had moved on before what it stands for was written.
            contents.checkpoint = contents.checkpoint.map { FollowCheckpoint(since: portalTime, at: $0.at) }
        default: break
        }
        note("worker \(worker.number): has restored \(partition), epoch \(epoch)")
        worker.engine.restored(partition, epoch: epoch, contents, at: worker.moment(at: now))
        follow(worker)
    }

    /// Asks again, and ends what is in the way when it has been there for long.
    private func waitForPredecessor(_ partition: Int32, _ request: BrokerRequest, _ worker: ModelWorker) {
        let time = worker.moment(at: now).monotonic
        worker.restores[partition]?.run.heldUp(at: time)
        if worker.restores[partition]?.run.mustEndPredecessor(at: time) == true {
            ask(worker, .endOldest(partition))
            worker.restores[partition]?.run.triedToEndPredecessor(at: time)
        }
        queue.add(.request(worker: worker.number, request), at: now + 40)
    }

    /// Kafka keeps what it has acknowledged, so there is never a reason for it.
    private func refuse(_ refusal: RestoreRun.Refusal, _ partition: Int32, _ worker: ModelWorker) {
        checker.fail("worker \(worker.number) refuses to take partition \(partition) over: \(refusal)", at: now)
    }
}

extension RestoredPartition {
    fileprivate var isEmpty: Bool { filingCount == 0 && requests.isEmpty && notifications.isEmpty }
}
