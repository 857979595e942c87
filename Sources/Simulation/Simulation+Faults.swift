import Engine

extension Simulation {
    /// Something befalls a process.
    func causeFault() {
        guard !isQuiet else { return }
        queue.add(.fault, at: now + random.number(plan.processFaultEvery / 2...plan.processFaultEvery * 2))
        let living = workers.filter { $0.isAlive && !$0.isStopped }
        guard !living.isEmpty else { return }
        let worker = living[random.index(living.count)]
        let weights = [plan.kills, plan.stops, plan.terminations, plan.cuts, plan.clockJumps]
        let total = weights.reduce(0, +)
        guard total > 0 else { return }
        var choice = random.index(total)
        for (kind, weight) in weights.enumerated() {
            if choice < weight {
                strike(worker, kind: kind)
                return
            }
            choice -= weight
        }
    }

    private func strike(_ worker: ModelWorker, kind: Int) {
        switch kind {
        case 0:
            count(.kill)
            kill(worker)
        case 1:
            stop(worker)
        case 2:
            count(.terminate)
            terminate(worker)
        case 3:
            count(.cutFromBroker)
            worker.cutUntil = now + duration()
            note("worker \(worker.number): cut off from the broker until \(worker.cutUntil)")
        default:
            count(.clockJump)
            worker.wallOffset += random.number(-10_000...10_000)
            note("worker \(worker.number): its time of day jumps")
        }
    }

    /// SIGSTOP, and SIGCONT some time later.
    func stop(_ worker: ModelWorker) {
        count(.stop)
        worker.isStopped = true
        let duration = duration()
        note("worker \(worker.number): stopped for \(duration) ms")
        queue.add(.resume(worker: worker.number), at: now + duration)
        if random.chance(200) {
            queue.add(.start(slot: worker.slot), at: now + random.number(0...duration))
        }
    }

    private func duration() -> Int64 {
        random.number(plan.longStops && random.chance(500) ? 2_000...15_000 : 20...2_500)
    }

    /// A process is killed or stopped just when something of it has arrived somewhere.
    func strike(_ worker: ModelWorker) {
        guard worker.isAlive, !worker.isStopped, happens(plan.killAtStep, .killAtStep) else { return }
        if random.chance(500) { kill(worker) } else { stop(worker) }
    }
}
