import Driver
import Engine

/// How librdkafka keeps the membership of the group, and asks the application about each change of the assignment.
extension Simulation {
    func join(_ worker: ModelWorker) {
        worker.consumer.isJoining = true
        worker.consumer.joins += 1
        note(
            "worker \(worker.number): joins as member \(worker.consumer.member ?? 0), owns "
                + "\(partitions(worker.consumer.assignment))")
        let request = BrokerRequest.join(
            attempt: worker.consumer.joins, member: worker.consumer.member, owned: worker.consumer.assignment)
        if worker.consumer.member != nil, happens(plan.slowJoin, .slowJoin) {
            // Long enough for the member to be thrown out meanwhile.
            queue.add(.request(worker: worker.number, request), at: now + random.number(500...6_000))
        } else {
            ask(worker, request)
        }
    }

    /// None is sent while a JoinGroup waits.
    func heartbeat(_ worker: ModelWorker) {
        queue.add(.heartbeat(worker: worker.number), at: now + 600)
        if let member = worker.consumer.member, !worker.consumer.isJoining, now >= worker.cutUntil {
            ask(worker, .heartbeat(member: member))
        }
    }

    /// The coordinator has answered a JoinGroup, and a SyncGroup after it.
    func synced(_ worker: ModelWorker, member: Int, generation: Int, assigned: UInt32) {
        let old = worker.consumer.assignment
        worker.consumer.isJoining = false
        worker.consumer.member = member
        worker.consumer.generation = generation
        worker.consumer.assignment = assigned
        if worker.consumer.isClosing {
            leaveGroup(worker, giving: old | assigned)
        } else if old & ~assigned != 0 {
            worker.consumer.assignedNext = assigned & ~old
            ask(worker, .revoked(old & ~assigned, isLost: false))
        } else {
            ask(worker, .assigned(assigned & ~old))
        }
    }

    /// The coordinator does not know the member that joins. The library joins under another name and tells nobody.
    func joinRefused(_ worker: ModelWorker) {
        if worker.consumer.assignment != 0 { count(.renamed) }
        forgetMember(worker)
        if worker.consumer.isClosing { leaveGroup(worker, giving: worker.consumer.assignment) } else { join(worker) }
    }

    /// A heartbeat is told that others join.
    func rebalancing(_ worker: ModelWorker) {
        let consumer = worker.consumer
        guard !consumer.isJoining, !consumer.isAsking, !consumer.isClosing else { return }
        join(worker)
    }

    /// A heartbeat is told that the member is not known.
    func evicted(_ worker: ModelWorker) {
        guard worker.consumer.member != nil else { return }
        forgetMember(worker)
        if worker.consumer.isJoining { return }
        if worker.consumer.isAsking {
            // In the middle of a rebalance the library says nothing of it.
            count(.evictionUnheard)
            return
        }
        let lost = worker.consumer.assignment
        worker.consumer.assignment = 0
        count(.lostAssignment)
        ask(worker, .revoked(lost, isLost: true))
    }

    private func forgetMember(_ worker: ModelWorker) {
        worker.consumer.member = nil
        worker.consumer.generation = -1
    }

    func fenced(_ worker: ModelWorker) {
        worker.consumer.hasFailed = true
        // Another process has our instance id.
        _ = worker.driver.giveUp(at: worker.moment(at: now))
        follow(worker)
    }

    // MARK: Questions

    private func ask(_ worker: ModelWorker, _ question: ModelConsumer.Question) {
        worker.consumer.ask(question)
        planPoll(worker)
    }

    func answerAssignment(_ worker: ModelWorker) {
        guard worker.consumer.isAsking, !worker.consumer.isAskingForRevocation else { return }
        goOnFetching(worker)
        if worker.consumer.isClosing {
            leaveGroup(worker, giving: worker.consumer.assignment)
        } else if worker.consumer.assignedNext != nil || worker.consumer.member == nil {
            worker.consumer.assignedNext = nil
            join(worker)
        }
    }

    func answerRevocation(_ worker: ModelWorker, unassigning bits: Set<Int32>) {
        for partition in bits {
            for topic in InputTopic.allCases { worker.consumer.unassign(workload.log(topic, partition)) }
        }
        guard worker.consumer.isAsking, worker.consumer.isAskingForRevocation else { return }
        goOnFetching(worker)
        if worker.consumer.isClosing {
            left(worker)
        } else if let next = worker.consumer.assignedNext {
            ask(worker, .assigned(next))
        } else {
            join(worker)
        }
    }

    private func goOnFetching(_ worker: ModelWorker) {
        for _ in worker.consumer.answered() { count(.readAgain) }
        guard !isQuiet, random.chance(plan.readAgain) else { return }
        // The library does it in some rebalances by itself.
        let log = random.index(worker.consumer.places.count)
        if !worker.consumer.isPaused[log], worker.consumer.readAgain(log) { count(.readAgain) }
    }

    // MARK: The end

    func close(_ worker: ModelWorker) {
        worker.consumer.isClosing = true
        guard !worker.consumer.isJoining, !worker.consumer.isAsking, !worker.consumer.hasFailed else { return }
        leaveGroup(worker, giving: worker.consumer.assignment)
    }

    private func leaveGroup(_ worker: ModelWorker, giving bits: UInt32) {
        worker.consumer.assignment = 0
        ask(worker, .revoked(bits, isLost: false))
    }

    private func left(_ worker: ModelWorker) {
        worker.consumer.isClosed = true
        if let member = worker.consumer.member { ask(worker, .leave(member: member)) }
        worker.consumer.member = nil
    }
}
