import Engine
import Estates

extension Simulation {
    /// Does what the engine wants after an input.
    func follow(_ worker: ModelWorker) {
        // Carrying out one command may lead to new ones, which must not overtake those that are left.
        guard worker.isAlive, !worker.isFollowing else { return }
        worker.isFollowing = true
        while case let commands = worker.engine.takeCommands(), !commands.isEmpty {
            for command in commands { carryOut(command, worker) }
        }
        worker.isFollowing = false
        guard worker.isAlive else { return }
        planTick(worker)
        planFetch(worker)
        if let wake = worker.engine.nextWake {
            let at = max(now, wake - worker.monotonicOffset)
            if worker.plannedWake.map({ at < $0 }) ?? true {
                worker.plannedWake = at
                queue.add(.wake(worker: worker.number), at: at)
            }
        }
        checker.window(worker, engineSettings, at: now)
    }

    private func carryOut(_ command: Command, _ worker: ModelWorker) {
        switch command {
        case .call(let ticket, let call, let deadline):
            checker.callStarts(call, worker, of: workers, engineSettings, at: now)
            if worker.engine.isGateClosed { worker.probes.insert(ticket) }
            worker.calls[ticket] = ModelWorker.OpenCall(call: call, deadline: deadline)
            // A connection, a token, a queue.
            let wait = random.chance(30) ? random.number(0...2_500) : random.number(0...3)
            queue.add(.send(worker: worker.number, ticket), at: now + wait)
            checker.callsUnderWay(worker.calls.count, of: engineSettings.maximumInFlight, at: now)
        case .cancel(let ticket):
            worker.calls[ticket] = nil
            worker.probes.remove(ticket)
        case .restore(let partition, let epoch):
            note("worker \(worker.number): restores \(partition), epoch \(epoch)")
            stopIntake(partition, worker)
            ask(worker, .committed(partition, epoch: epoch))
        case .startIntake(let partition, let positions):
            for topic in InputTopic.allCases {
                let log = workload.log(topic, partition)
                worker.intake[log] = workload.position(in: workload.logs[log], offset: positions[topic] ?? 0)
            }
        case .drained(let partition):
            drained(partition, worker)
        case .report(let report):
            note(report, worker)
            checker.reported(report, worker, at: now)
        }
    }

    private func note(_ report: Report, _ worker: ModelWorker) {
        switch report {
        case .gateClosed(let cause): note("worker \(worker.number): gate closed, \(cause.reason.rawValue)")
        case .gateOpened: note("worker \(worker.number): gate opened")
        case .contentsMissing, .duplicateAtPortal, .answerLost: break
        }
    }

    func wake(_ worker: ModelWorker) {
        worker.plannedWake = nil
        worker.engine.advance(to: worker.moment(at: now))
        follow(worker)
    }

    func handle(_ answer: BrokerAnswer, to worker: ModelWorker) {
        switch answer {
        case .synced(let attempt, let member, let generation, let assigned):
            // What an earlier join led to is void once there was another: the partitions may be someone else's.
            guard attempt == worker.joins else { return }
            synced(worker, member: member, generation: generation, assigned: assigned)
        case .rebalancing:
            rebalancing(worker)
        case .unknownMember:
            if worker.member != nil { lost(worker) }
        case .fencedInstance:
            // Another process has our instance id: this one has to go, and comes back if it was meant to be the one.
            if slots[worker.slot] == worker.number { end(worker, restartsWithin: 3_000) } else { end(worker) }
        case .left:
            end(worker, restartsWithin: 3_000)
        case .producer(let epoch):
            worker.producerEpoch = epoch
            worker.isInitialising = false
            follow(worker)
        case .step(let tick, let step):
            if worker.tick?.tick.id == tick { goOn(worker, after: step) }
        case .committed(let partition, let epoch, let positions):
            ask(worker, .readLedger(partition, epoch: epoch, positions: positions))
        case .ledger(let partition, let epoch, let restored):
            note("worker \(worker.number): has restored \(partition), epoch \(epoch)")
            worker.engine.restored(partition, epoch: epoch, restored, at: worker.moment(at: now))
            follow(worker)
        }
    }

    // MARK: Intake

    func produce(_ item: Item) {
        let log = workload.log(item.source.topic, item.partition)
        produced[log] += 1
        for worker in workers where worker.isAlive && worker.intake[log] != nil { planFetch(worker) }
        if item.index == workload.items.count - 1 { queue.add(.checkProgress, at: max(now, quietAt) + 500) }
    }

    func stopIntake(_ partition: Int32, _ worker: ModelWorker) {
        for topic in InputTopic.allCases { worker.intake[workload.log(topic, partition)] = nil }
    }

    private func planFetch(_ worker: ModelWorker) {
        guard !worker.isFetchPlanned, worker.engine.wantsRecords, nextLog(worker) != nil else { return }
        worker.isFetchPlanned = true
        queue.add(.fetch(worker: worker.number), at: max(now, worker.cutUntil) + random.number(1...10))
    }

    private func nextLog(_ worker: ModelWorker) -> Int? {
        worker.intake.indices.first { log in worker.intake[log].map { $0 < produced[log] } ?? false }
    }

    func fetch(_ worker: ModelWorker) {
        worker.isFetchPlanned = false
        var budget = 1 + random.index(8)
        let first = random.index(worker.intake.count)
        for step in worker.intake.indices {
            let log = (first + step) % worker.intake.count
            while budget > 0, worker.engine.wantsRecords, let at = worker.intake[log], at < produced[log] {
                let item = workload.items[workload.logs[log][at]]
                worker.intake[log] = at + 1
                worker.engine.record(item.record, item.parsed, at: worker.moment(at: now))
                budget -= 1
            }
        }
        follow(worker)
    }
}
