import Engine

extension Simulation {
    /// Sends something to the broker; while the worker is cut off it arrives afterwards.
    func ask(_ worker: ModelWorker, _ request: BrokerRequest) {
        queue.add(.request(worker: worker.number, request), at: arrival(worker))
    }

    func tell(_ worker: ModelWorker, _ answer: BrokerAnswer) {
        queue.add(.answer(worker: worker.number, answer), at: arrival(worker))
    }

    private func arrival(_ worker: ModelWorker) -> Int64 {
        var wait = random.number(1...4)
        if !isQuiet, random.chance(plan.slowBroker) { wait += random.number(10...1_500) }
        return max(now, worker.cutUntil) + wait
    }

    func handle(_ request: BrokerRequest, from worker: ModelWorker) {
        switch request {
        case .join(let attempt, let member, let owned): join(worker, attempt: attempt, member: member, owned: owned)
        case .heartbeat(let member): heartbeat(of: member, from: worker)
        case .leave(let member): leave(member, worker)
        case .initProducer: initProducer(worker)
        case .produce(let epoch, let tick): begin(tick, epoch: epoch, worker)
        case .sendOffsets(let epoch, let transaction, let metadata):
            takeOffsets(transaction, epoch: epoch, metadata, worker)
        case .commit(let epoch, let transaction, let answerIsLost):
            end(transaction, epoch: epoch, commits: true, answerIsLost: answerIsLost, worker)
        case .abort(let epoch, let transaction):
            end(transaction, epoch: epoch, commits: false, answerIsLost: false, worker)
        case .committed(let partition, let epoch): committed(partition, epoch: epoch, worker)
        case .readLedger(let partition, let epoch, let positions):
            readLedger(partition, epoch: epoch, positions, worker)
        }
        strike(worker)
    }

    // MARK: Transactions

    private func initProducer(_ worker: ModelWorker) {
        if let unsettled = broker.unsettled(slot: worker.slot) {
            if broker.transactions[unsettled].state == .open { decide(unsettled, commits: false) }
            again(worker, .initProducer)
            return
        }
        let epoch = broker.raiseEpoch(slot: worker.slot)
        note("broker: producer of slot \(worker.slot) is at epoch \(epoch), worker \(worker.number)")
        tell(worker, .producer(epoch: epoch))
    }

    private func begin(_ tick: Tick, epoch: Int, _ worker: ModelWorker) {
        guard broker.isCurrent(slot: worker.slot, epoch: epoch) else { return refuse(worker, tick.id) }
        if broker.unsettled(slot: worker.slot) != nil {
            // CONCURRENT_TRANSACTIONS: the markers of the one before are not written yet.
            again(worker, .produce(epoch: epoch, tick))
            return
        }
        let number = broker.begin(slot: worker.slot, epoch: epoch, worker: worker.number, tick)
        queue.add(.transactionTimeout(transaction: number), at: now + 4_000 + random.number(0...1_500))
        tell(worker, .step(tick: tick.id, .produced(transaction: number)))
    }

    private func takeOffsets(_ number: Int, epoch: Int, _ metadata: GroupMetadata, _ worker: ModelWorker) {
        let tick = broker.transactions[number].tick
        guard isOpen(number, epoch) else { return refuse(worker, tick) }
        guard settings.without == .fencing || group.accepts(metadata) else {
            count(.fencedByGroup)
            note("broker: offsets of worker \(worker.number) refused, generation \(metadata.generation)")
            tell(worker, .step(tick: tick, .abortable))
            return
        }
        broker.takeOffsets(number)
        tell(worker, .step(tick: tick, .offsetsSent))
    }

    private func end(_ number: Int, epoch: Int, commits: Bool, answerIsLost: Bool, _ worker: ModelWorker) {
        if isOpen(number, epoch) {
            decide(number, commits: commits)
        } else {
            let state = broker.transactions[number].state
            let isDone = broker.isCurrent(slot: worker.slot, epoch: epoch) && (state == .committed) == commits
            guard isDone else { return refuse(worker, broker.transactions[number].tick) }
        }
        guard !answerIsLost else { return }
        tell(worker, .step(tick: broker.transactions[number].tick, .ended(commits ? .committed : .aborted)))
    }

    private func isOpen(_ number: Int, _ epoch: Int) -> Bool {
        let transaction = broker.transactions[number]
        return transaction.state == .open && transaction.epoch == epoch
            && broker.isCurrent(slot: transaction.slot, epoch: epoch)
    }

    private func refuse(_ worker: ModelWorker, _ tick: UInt64) {
        count(.fencedProducer)
        tell(worker, .step(tick: tick, .fatal))
    }

    private func again(_ worker: ModelWorker, _ request: BrokerRequest) {
        queue.add(.request(worker: worker.number, request), at: now + 20)
    }

    func decide(_ number: Int, commits: Bool) {
        let worker = broker.transactions[number].worker
        note("broker: transaction \(number) of worker \(worker) \(commits ? "committed" : "aborted")")
        for target in broker.decide(number, commits: commits) {
            var wait = random.number(0...8)
            if happens(plan.slowMarkers, .slowMarker) { wait += random.number(50...1_500) }
            queue.add(.marker(transaction: number, target), at: now + wait)
        }
        guard commits else { return }
        let forgotten = checker.committed(
            broker.transactions[number], by: worker, retention: engineSettings.ledgerRetention,
            latestWall: workers[worker].latestWall(at: now), at: now)
        for filing in forgotten { portal.archive(filing) }
    }

    func mark(_ number: Int, _ target: MarkerTarget) { broker.mark(number, target) }

    func timeOut(_ number: Int) {
        guard broker.transactions[number].state == .open else { return }
        count(.transactionTimeout)
        note("broker: transaction \(number) timed out")
        _ = broker.raiseEpoch(slot: broker.transactions[number].slot)
        decide(number, commits: false)
    }

    // MARK: Restore

    private func committed(_ partition: Int32, epoch: UInt64, _ worker: ModelWorker) {
        if broker.pendingOffsets[Int(partition)] > 0, settings.without != .stableOffsets {
            count(.pendingAtRestore)
            queue.add(.request(worker: worker.number, .committed(partition, epoch: epoch)), at: now + 40)
            return
        }
        tell(worker, .committed(partition, epoch: epoch, positions: broker.committed(partition)))
    }

    private func readLedger(
        _ partition: Int32, epoch: UInt64, _ positions: [InputTopic: Int64], _ worker: ModelWorker
    ) {
        let ledger = broker.ledgers[Int(partition)]
        if ledger.lastStableOffset < ledger.highWatermark {
            count(.openAtRestore)
            if settings.without != .restoreToEnd {
                queue.add(
                    .request(worker: worker.number, .readLedger(partition, epoch: epoch, positions: positions)),
                    at: now + 40)
                return
            }
        }
        var restored = broker.visible(partition).restored(workload, positions: positions)
        if settings.without == .lease {
            for var entry in Array(restored.unsettled.values) {
                entry.lease = 0
                restored.add(entry)
            }
        }
        tell(worker, .ledger(partition, epoch: epoch, restored))
    }

    func compact() {
        guard !isQuiet else { return }
        for partition in 0..<Int(settings.partitions) where random.chance(500) {
            count(.compaction)
            let removed = broker.compact(partition, removesTombstones: random.chance(500))
            coverage.faults[.tombstoneRemoved, default: 0] += removed
        }
        queue.add(.compact, at: now + random.number(500...6_000))
    }
}
