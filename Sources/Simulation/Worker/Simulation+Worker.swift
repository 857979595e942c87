import Driver
import Engine
import Estates

/// Processes begin and end.
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
        let monotonicOffset = random.number(0...10_000_000)
        let wallOffset = random.number(-2_000...2_000)
        var driver = Driver(
            engine: Engine(settings: engineSettings, seed: random.next()), transactionInterval: plan.tickInterval,
            drainTimeout: [100, 800, 4_000][random.index(3)],
            at: Moment(monotonic: now + monotonicOffset, wall: Timestamp(milliseconds: 0)))
        driver.offsetsLifetime = plan.offsetsLifetime
        let worker = ModelWorker(
            number: number, slot: slot, driver: driver, lease: engineSettings.lease,
            monotonicOffset: monotonicOffset, wallOffset: wallOffset, logs: 2 * Int(settings.partitions))
        worker.engine.setPartitionCount(Int(settings.partitions), at: worker.moment(at: now))
        workers.append(worker)
        slots[slot] = number
        note("worker \(number): starts in slot \(slot)")
        ask(worker, .initProducer)
        queue.add(.heartbeat(worker: number), at: now + random.number(100...400))
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

    /// SIGTERM.
    func terminate(_ worker: ModelWorker) {
        if worker.driver.stop(at: worker.moment(at: now)) {
            note("worker \(worker.number): is asked to end")
        } else {
            // A second one.
            worker.driver.hurry(at: worker.moment(at: now))
        }
        follow(worker)
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

    /// It has ended by itself; it is started again, unless another process is in its place already.
    func ended(_ worker: ModelWorker) {
        note("worker \(worker.number): has ended")
        if slots[worker.slot] == worker.number {
            queue.add(.start(slot: worker.slot), at: now + random.number(50...3_000))
        }
        end(worker)
    }

    /// The process is gone; what it has sent goes on.
    private func end(_ worker: ModelWorker) {
        worker.isAlive = false
        worker.keptBack = []
        if slots[worker.slot] == worker.number { slots[worker.slot] = nil }
    }
}
