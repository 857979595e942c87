import Engine
import Estates

extension Simulation {
    func start(_ slot: Int) {
        if let old = slots[slot], workers[old].isAlive {
            guard workers[old].isStopped else { return }
            // The orchestrator believes that the old process is dead: both will run.
            count(.replacedWhileStopped)
        }
        let number = workers.count
        var engineSettings = engineSettings
        if plan.hasMixedLeases { engineSettings.lease = [3_000, 6_000, 9_000][random.index(3)] }
        let worker = ModelWorker(
            number: number, slot: slot, engine: Engine(settings: engineSettings, seed: random.next()),
            lease: engineSettings.lease,
            monotonicOffset: random.number(0...10_000_000), wallOffset: random.number(-2_000...2_000),
            logs: 2 * Int(settings.partitions))
        worker.engine.setPartitionCount(Int(settings.partitions), at: worker.moment(at: now))
        workers.append(worker)
        slots[slot] = number
        note("worker \(number): starts in slot \(slot)")
        initialise(worker)
        join(worker)
        queue.add(.heartbeat(worker: number), at: now + random.number(100...400))
    }

    func initialise(_ worker: ModelWorker) {
        guard !worker.isInitialising else { return }
        worker.producerEpoch = nil
        worker.isInitialising = true
        ask(worker, .initProducer)
    }

    func kill(_ worker: ModelWorker) {
        guard worker.isAlive else { return }
        note("worker \(worker.number): killed")
        end(worker)
        if isQuiet || random.chance(300) {
            queue.add(.start(slot: worker.slot), at: now + random.number(50...500))
        } else {
            queue.add(.start(slot: worker.slot), at: now + random.number(50...8_000))
        }
    }

    /// The process is gone; what it has sent goes on.
    func end(_ worker: ModelWorker) {
        worker.isAlive = false
        worker.keptBack = []
        if slots[worker.slot] == worker.number { slots[worker.slot] = nil }
    }

    func resume(_ worker: ModelWorker) {
        guard worker.isAlive, worker.isStopped else { return }
        note("worker \(worker.number): goes on")
        worker.isStopped = false
        // Everything has been waiting in sockets and timers and comes at once. A call's time is looked at again before
        // it is sent.
        for event in worker.keptBack { queue.add(event, at: now) }
        worker.keptBack = []
    }

    // MARK: The group

    func join(_ worker: ModelWorker) {
        worker.isJoining = true
        note("worker \(worker.number): joins as member \(worker.member ?? 0), owns \(partitions(worker.owned))")
        worker.joins += 1
        ask(worker, .join(attempt: worker.joins, member: worker.member, owned: worker.owned))
    }

    func heartbeat(_ worker: ModelWorker) {
        queue.add(.heartbeat(worker: worker.number), at: now + 600)
        if let member = worker.member, now >= worker.cutUntil { ask(worker, .heartbeat(member: member)) }
    }

    func synced(_ worker: ModelWorker, member: Int, generation: Int, assigned: UInt32) {
        worker.isJoining = false
        worker.member = member
        worker.generation = generation
        let gone = worker.owned & ~assigned
        let new = assigned & ~worker.owned
        worker.owned |= new
        if worker.isLeaving {
            worker.owned &= ~new
        } else {
            for partition in partitions(new) { worker.engine.assigned(partition, at: worker.moment(at: now)) }
        }
        if gone != 0 { drain(gone, worker) }
        follow(worker)
    }

    func rebalancing(_ worker: ModelWorker) {
        if worker.draining != 0 {
            worker.mustJoinAgain = true
        } else if !worker.isJoining, !worker.isLeaving {
            join(worker)
        }
    }

    /// Thrown out: others may have the partitions already.
    func lost(_ worker: ModelWorker) {
        note("worker \(worker.number): has lost \(partitions(worker.owned))")
        giveUp(worker.owned, worker)
        worker.draining = 0
        worker.member = nil
        if worker.isLeaving { end(worker, restartsWithin: 3_000) } else { join(worker) }
    }

    // MARK: Draining

    func drain(_ bits: UInt32, _ worker: ModelWorker) {
        worker.draining = bits
        worker.drainRound += 1
        queue.add(
            .drainTimeout(worker: worker.number, round: worker.drainRound),
            at: now + [100, 800, 1_500][random.index(3)])
        note("worker \(worker.number): drains \(partitions(bits))")
        for partition in partitions(bits) {
            stopIntake(partition, worker)
            worker.engine.drain(partition, at: worker.moment(at: now))
        }
        follow(worker)
    }

    func drained(_ partition: Int32, _ worker: ModelWorker) {
        let bit = UInt32(1) << UInt32(partition)
        guard worker.draining & bit != 0 else { return }
        giveUp(bit, worker)
        worker.draining &= ~bit
        if worker.draining == 0 { endDrain(worker) }
    }

    func endDrain(_ worker: ModelWorker, round: Int) {
        guard worker.draining != 0, worker.drainRound == round else { return }
        count(.drainTimeout)
        giveUp(worker.draining, worker)
        worker.draining = 0
        endDrain(worker)
    }

    private func endDrain(_ worker: ModelWorker) {
        worker.mustJoinAgain = false
        if worker.isLeaving {
            if let member = worker.member {
                ask(worker, .leave(member: member))
            } else {
                end(worker, restartsWithin: 3_000)
            }
        } else if !worker.isJoining {
            join(worker)
        }
    }

    private func giveUp(_ bits: UInt32, _ worker: ModelWorker) {
        for partition in partitions(bits) {
            stopIntake(partition, worker)
            worker.engine.revoked(partition, at: worker.moment(at: now))
        }
        worker.owned &= ~bits
        follow(worker)
    }

    func terminate(_ worker: ModelWorker) {
        guard !worker.isLeaving else { return }
        note("worker \(worker.number): is asked to end")
        worker.isLeaving = true
        if worker.owned == 0 {
            endDrain(worker)
        } else if worker.draining == 0 {
            drain(worker.owned, worker)
        } else {
            drain(worker.owned | worker.draining, worker)
        }
    }

    func end(_ worker: ModelWorker, restartsWithin wait: Int64) {
        end(worker)
        queue.add(.start(slot: worker.slot), at: now + random.number(50...wait))
    }
}
