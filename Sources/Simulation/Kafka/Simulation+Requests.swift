import Driver
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
        case .leave(let member): leave(member)
        case .initProducer: initProducer(worker)
        case .produce(let epoch, let number, let commitment):
            begin(commitment, number: number, epoch: epoch, worker)
        case .sendOffsets(let epoch, let transaction, let metadata, let commitment):
            take(commitment.offsets, transaction, epoch: epoch, metadata, worker)
        case .commit(let epoch, let transaction, let answerIsLost):
            end(transaction, epoch: epoch, commits: true, answerIsLost: answerIsLost, worker)
        case .abort(let epoch, let transaction):
            end(transaction, epoch: epoch, commits: false, answerIsLost: false, worker)
        case .committed(let partition, let epoch): committed(partition, epoch: epoch, worker)
        case .readLedger(let partition, let epoch): readLedger(partition, epoch: epoch, worker)
        case .endOldest(let partition): endOldest(partition, worker)
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

    private func begin(_ commitment: Commitment, number count: Int, epoch: Int, _ worker: ModelWorker) {
        guard broker.isCurrent(slot: worker.slot, epoch: epoch) else { return refuse(worker, count) }
        if broker.unsettled(slot: worker.slot) != nil {
            // CONCURRENT_TRANSACTIONS: the markers of the one before are not written yet.
            again(worker, .produce(epoch: epoch, number: count, commitment))
            return
        }
        var tick = commitment.tick
        if settings.without == .erasureTombstones { tick?.loseErasureTombstones() }
        let number = broker.begin(
            slot: worker.slot, epoch: epoch, worker: worker.number, number: count, tick)
        queue.add(.transactionTimeout(transaction: number), at: now + 4_000 + random.number(0...1_500))
        tell(worker, .step(number: count, .done(transaction: number)))
    }

    private func take(
        _ offsets: [(place: InputPartition, offset: Int64)], _ number: Int, epoch: Int, _ metadata: GroupMetadata,
        _ worker: ModelWorker
    ) {
        let count = broker.transactions[number].number
        guard isOpen(number, epoch) else { return refuse(worker, count) }
        guard settings.without == .fencing || group.accepts(metadata) else {
            self.count(.fencedByGroup)
            if group.knows(metadata) { self.count(.illegalGeneration) }
            note("broker: offsets of worker \(worker.number) refused, generation \(metadata.generation)")
            tell(worker, .step(number: count, .failed(.abortable)))
            return
        }
        broker.take(offsets, number)
        tell(worker, .step(number: count, .done()))
    }

    private func end(_ number: Int, epoch: Int, commits: Bool, answerIsLost: Bool, _ worker: ModelWorker) {
        if isOpen(number, epoch) {
            decide(number, commits: commits)
        } else {
            let state = broker.transactions[number].state
            let isDone = broker.isCurrent(slot: worker.slot, epoch: epoch) && (state == .committed) == commits
            guard isDone else {
                if !answerIsLost { refuse(worker, broker.transactions[number].number) }
                return
            }
        }
        guard !answerIsLost else { return }
        tell(worker, .step(number: broker.transactions[number].number, .done()))
    }

    private func isOpen(_ number: Int, _ epoch: Int) -> Bool {
        let transaction = broker.transactions[number]
        return transaction.state == .open && transaction.epoch == epoch
            && broker.isCurrent(slot: transaction.slot, epoch: epoch)
    }

    private func refuse(_ worker: ModelWorker, _ number: Int) {
        count(.fencedProducer)
        tell(worker, .step(number: number, .failed(.fatal)))
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
            return tell(worker, .committed(partition, epoch: epoch, nil))
        }
        var ends: [InputTopic: Int64] = [:]
        for topic in InputTopic.allCases {
            let log = workload.log(topic, partition)
            let last = produced[log] - 1
            ends[topic] = last < 0 ? 0 : workload.items[workload.logs[log][last]].source.offset + 1
        }
        let offsets = InputOffsets(committed: broker.committed(partition), ends: ends)
        tell(worker, .committed(partition, epoch: epoch, offsets))
    }

    private func readLedger(_ partition: Int32, epoch: UInt64, _ worker: ModelWorker) {
        let ledger = broker.ledgers[Int(partition)]
        if ledger.lastStableOffset < ledger.highWatermark { count(.openAtRestore) }
        // Made for whoever will use it.
        let isUsed = ledger.lastStableOffset == ledger.highWatermark || settings.without == .restoreToEnd
        let end = LedgerEnd(
            offset: ledger.lastStableOffset, highWatermark: ledger.highWatermark,
            view: isUsed ? broker.visible(partition) : LedgerView())
        tell(worker, .ledgerEnd(partition, epoch: epoch, end))
    }

    /// A producer with the same transactional id is opened and thrown away: who had it before is fenced.
    private func endOldest(_ partition: Int32, _ worker: ModelWorker) {
        guard let oldest = broker.ledgers[Int(partition)].oldestOpen else { return }
        let slot = broker.transactions[oldest].slot
        guard slot != worker.slot else { return }
        count(.predecessorEnded)
        note("broker: worker \(worker.number) ends transaction \(oldest) of slot \(slot)")
        _ = broker.raiseEpoch(slot: slot)
        if broker.transactions[oldest].state == .open { decide(oldest, commits: false) }
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

extension Tick {
    /// The control: what was erased stays in the ledger.
    fileprivate mutating func loseErasureTombstones() {
        for at in parts.indices {
            let isErasure = parts[at].ledger.contains { if case .erasure = $0 { true } else { false } }
            if isErasure { parts[at].ledger.removeAll { if case .forgetFiling = $0 { true } else { false } } }
        }
    }
}
