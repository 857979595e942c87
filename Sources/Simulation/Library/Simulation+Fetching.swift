import Driver
import Engine

/// What the application tells the consumer to fetch, and what it gets when it polls.
extension Simulation {
    func startIntake(_ start: IntakeStart, _ worker: ModelWorker) {
        let partition = start.intake.partition
        let isRefused = happens(plan.intakeRefused, .intakeRefused)
        // Refused as a whole, or when it was to be paused or resumed.
        let isAssigned = start.isSeek || !isRefused || random.chance(500)
        for topic in InputTopic.allCases where !isRefused || (!start.isSeek && isAssigned) {
            let log = workload.log(topic, partition)
            let position = workload.position(in: workload.logs[log], offset: start.intake.positions[topic] ?? 0)
            if worker.consumer.assign(log, from: position), !start.isSeek { count(.keptPause) }
        }
        // An assignment answers a question about one, though it was meant for something else.
        if !start.isSeek, isAssigned { answerAssignment(worker) }
        if isRefused {
            worker.driver.intakeFailed(start.intake, isAssigned: isAssigned, at: worker.moment(at: now))
        } else if start.isPaused {
            pause([partition], worker)
        } else {
            resume([partition], worker)
        }
    }

    func pause(_ partitions: Set<Int32>, _ worker: ModelWorker) {
        for partition in partitions {
            for topic in InputTopic.allCases { worker.consumer.pause(workload.log(topic, partition)) }
        }
    }

    func resume(_ partitions: Set<Int32>, _ worker: ModelWorker) {
        for partition in partitions {
            for topic in InputTopic.allCases where worker.consumer.resume(workload.log(topic, partition)) {
                count(.readAgain)
            }
        }
    }

    // MARK: Polling

    func planPoll(_ worker: ModelWorker) {
        guard !worker.isPollPlanned else { return }
        let hasQuestion = worker.consumer.question != nil
        guard hasQuestion || worker.consumer.hasRecords(produced), worker.driver.mayTakeEvents else { return }
        worker.isPollPlanned = true
        queue.add(
            .poll(worker: worker.number), at: (hasQuestion ? now : max(now, worker.cutUntil)) + random.number(1...10))
    }

    func poll(_ worker: ModelWorker) {
        worker.isPollPlanned = false
        if worker.driver.mayTakeEvents, let question = worker.consumer.question {
            worker.consumer.question = nil
            tell(question, worker)
        } else {
            takeRecords(worker)
        }
        follow(worker)
    }

    private func tell(_ question: ModelConsumer.Question, _ worker: ModelWorker) {
        let membership = membership(of: worker)
        switch question {
        case .assigned(let bits):
            note("worker \(worker.number): is given \(partitions(bits)), member \(worker.consumer.member ?? 0)")
            worker.driver.assigned(Set(partitions(bits)), as: membership, at: worker.moment(at: now))
        case .revoked(let bits, let isLost):
            note("worker \(worker.number): \(isLost ? "has lost" : "is to give up") \(partitions(bits))")
            worker.driver.revoked(
                Set(partitions(bits)), isLost: isLost, as: membership, at: worker.moment(at: now))
        }
    }

    private func takeRecords(_ worker: ModelWorker) {
        var budget = 1 + random.index(8)
        let first = random.index(produced.count)
        for step in produced.indices {
            let log = (first + step) % produced.count
            while budget > 0, worker.driver.mayTakeEvents,
                let at = worker.consumer.next(log, produced: produced[log])
            {
                let item = workload.items[workload.logs[log][at]]
                worker.consumer.took(log)
                if settings.without == .nextOffsets || worker.driver.receive(item.source) == .take {
                    worker.driver.engine.record(item.record, item.parsed, at: worker.moment(at: now))
                }
                budget -= 1
            }
        }
    }

    /// What the library says of our membership at this moment.
    func membership(of worker: ModelWorker) -> Membership {
        let isMember = worker.consumer.member != nil && worker.consumer.generation >= 0
        if settings.without == .membership { return Membership(name: "the same", isMember: isMember) }
        return Membership(name: worker.consumer.member.map(String.init) ?? "", isMember: isMember)
    }
}
