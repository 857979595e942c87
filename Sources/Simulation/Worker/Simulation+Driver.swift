import Driver
import Engine
import Estates

/// Carries the driver's actions out, as `Sources/Worker/Run` does.
extension Simulation {
    /// Does what the driver wants after an input.
    func follow(_ worker: ModelWorker) {
        // Carrying out one action may lead to new ones, which must not overtake those that are left.
        guard worker.isAlive, !worker.isFollowing else { return }
        worker.isFollowing = true
        carryOutAll(worker)
        let isClosed = worker.consumer.isClosed || worker.consumer.hasFailed
        let isOver = worker.driver.isOver(isClosed: isClosed, at: worker.moment(at: now))
        if worker.driver.stage == .closing { carryOutAll(worker) }
        worker.isFollowing = false
        if isOver { ended(worker) }
        guard worker.isAlive else { return }
        planTick(worker)
        planPoll(worker)
        planWake(worker)
        checker.window(worker, engineSettings, at: now)
    }

    private func planWake(_ worker: ModelWorker) {
        guard let wake = worker.driver.nextWake else { return }
        let at = max(now, wake - worker.monotonicOffset)
        guard worker.plannedWake.map({ at < $0 }) ?? true else { return }
        worker.plannedWake = at
        queue.add(.wake(worker: worker.number), at: at)
    }

    func wake(_ worker: ModelWorker) {
        worker.plannedWake = nil
        worker.driver.advance(to: worker.moment(at: now))
        follow(worker)
    }

    private func carryOutAll(_ worker: ModelWorker) {
        while case let actions = worker.driver.takeActions(at: worker.moment(at: now)), !actions.isEmpty {
            for action in actions { carryOut(action, worker) }
        }
    }

    private func carryOut(_ action: Action, _ worker: ModelWorker) {
        switch action {
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
        case .report(let report):
            note(report, worker)
            checker.reported(report, worker, at: now)
        case .restore(let partition, let epoch): restore(partition, epoch: epoch, worker)
        case .forgetRestore(let partition): worker.restores[partition] = nil
        case .answerAssignment: answerAssignment(worker)
        case .answerRevocation(let partitions): answerRevocation(worker, unassigning: partitions)
        case .startIntake(let start): startIntake(start, worker)
        case .pause(let partitions): pause(partitions, worker)
        case .resume(let partitions): resume(partitions, worker)
        // The model does not sleep.
        case .wakeLeaders: break
        case .close: close(worker)
        case .tell(let notice): note(notice, worker)
        }
    }

    private func note(_ report: Report, _ worker: ModelWorker) {
        switch report {
        case .gateClosed(let cause): note("worker \(worker.number): gate closed, \(cause.reason.rawValue)")
        case .gateOpened: note("worker \(worker.number): gate opened")
        case .deadlineNear(let identity, let news, _):
            note("worker \(worker.number): \(identity.reference) \(news.state.rawValue) \(news.warning.label)")
        case .contentsMissing, .duplicateAtPortal, .answerLost, .followingIncomplete, .followingGivenUp: break
        }
    }

    private func note(_ notice: Notice, _ worker: ModelWorker) {
        switch notice {
        case .assigned, .revoked: break
        case .undrained(let partitions):
            count(.drainTimeout)
            note("worker \(worker.number): gives up \(partitions.sorted()) undrained")
        case .membershipLost(let partitions):
            count(.membershipLost)
            note("worker \(worker.number): its membership is another, restores \(partitions.sorted())")
        case .undrainedAtStop(let partitions):
            count(.stopTimeout)
            note("worker \(worker.number): ends with \(partitions.sorted()) undrained")
        }
    }

    func handle(_ answer: BrokerAnswer, to worker: ModelWorker) {
        switch answer {
        case .synced(let attempt, let member, let generation, let assigned):
            // What an earlier join led to is void once there was another: the partitions may be someone else's.
            guard worker.consumer.isJoining, attempt == worker.consumer.joins else { return }
            synced(worker, member: member, generation: generation, assigned: assigned)
        case .joinRefused(let attempt):
            guard worker.consumer.isJoining, attempt == worker.consumer.joins else { return }
            joinRefused(worker)
        case .rebalancing: rebalancing(worker)
        case .unknownMember(let member):
            if worker.consumer.member == member { evicted(worker) }
        case .fencedInstance: fenced(worker)
        case .producer(let epoch): producerReady(worker, epoch: epoch)
        case .step(let number, let answer):
            if worker.tick?.number == number { took(answer, worker) }
        case .committed(let partition, let epoch, let offsets): found(offsets, partition, epoch: epoch, worker)
        case .ledgerEnd(let partition, let epoch, let end): sawEnd(end, partition, epoch: epoch, worker)
        }
    }

    func produce(_ item: Item) {
        let log = workload.log(item.source.topic, item.partition)
        produced[log] += 1
        for worker in workers where worker.isAlive && worker.consumer.places[log] != nil { planPoll(worker) }
        if item.index == workload.items.count - 1 { queue.add(.checkProgress, at: max(now, quietAt) + 500) }
    }
}
