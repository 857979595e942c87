import Engine
import Estates

extension Simulation {
    func planTick(_ worker: ModelWorker, after wait: Int64? = nil) {
        guard !worker.isTickPlanned, worker.tick == nil, worker.producerEpoch != nil,
            worker.engine.hasSomethingToWrite || worker.tickToRepeat != nil
        else { return }
        worker.isTickPlanned = true
        queue.add(.tick(worker: worker.number), at: now + (wait ?? random.number(1...20)))
    }

    /// Takes a tick, and at the same moment what proves that the partitions in it are ours.
    func takeTick(_ worker: ModelWorker) {
        worker.isTickPlanned = false
        guard worker.tick == nil, let epoch = worker.producerEpoch else { return }
        guard let tick = worker.tickToRepeat ?? worker.engine.takeTick(at: worker.moment(at: now)) else { return }
        var underWay = ModelWorker.TickUnderWay(
            tick: tick, metadata: GroupMetadata(member: worker.member, generation: worker.generation))
        if settings.without == .intentCommit {
            underWay.isReported = true
            if worker.tickToRepeat == nil { worker.engine.tickEnded(.committed, at: worker.moment(at: now)) }
            worker.tickToRepeat = nil
        }
        worker.tick = underWay
        checker.tickTaken(by: worker.number, at: now)
        note("worker \(worker.number): tick \(describe(tick))")
        if happens(plan.abortable, .abortable) {
            queue.add(.answer(worker: worker.number, .step(tick: tick.id, .abortable)), at: now + random.number(1...30))
        } else if happens(plan.fatal, .fatal) {
            queue.add(.answer(worker: worker.number, .step(tick: tick.id, .fatal)), at: now + random.number(1...30))
        } else {
            ask(worker, .produce(epoch: epoch, tick))
        }
        follow(worker)
    }

    /// The next step of the transaction.
    func goOn(_ worker: ModelWorker, after step: TransactionStep) {
        guard var underWay = worker.tick else { return }
        guard let epoch = worker.producerEpoch else { return }
        switch step {
        case .produced(let transaction):
            underWay.transaction = transaction
            if settings.without == .groupMetadata {
                underWay.metadata = GroupMetadata(member: worker.member, generation: worker.generation)
            }
            worker.tick = underWay
            ask(worker, .sendOffsets(epoch: epoch, transaction: transaction, underWay.metadata))
        case .offsetsSent:
            guard let transaction = underWay.transaction else { return }
            commit(transaction, epoch: epoch, worker)
        case .ended(let end):
            tickEnded(end, worker)
        case .abortable:
            if let transaction = underWay.transaction {
                ask(worker, .abort(epoch: epoch, transaction: transaction))
            } else {
                tickEnded(.aborted, worker)
            }
        case .fatal:
            initialise(worker)
            // A transaction of which nobody has asked for the commit cannot have been committed; whether it was asked
            // for does not show here, so the answer to a commit is dealt with below.
            tickEnded(underWay.isCommitRequested ? .unknown : .aborted, worker)
        }
    }

    private func commit(_ transaction: Int, epoch: Int, _ worker: ModelWorker) {
        guard let tick = worker.tick?.tick.id else { return }
        worker.tick?.isCommitRequested = true
        if happens(plan.abortable, .abortable) {
            worker.tick?.isCommitRequested = false
            queue.add(.answer(worker: worker.number, .step(tick: tick, .abortable)), at: now + random.number(1...30))
        } else if happens(plan.commitAnswerLost, .commitAnswerLost) {
            ask(worker, .commit(epoch: epoch, transaction: transaction, answerIsLost: true))
            queue.add(
                .answer(worker: worker.number, .step(tick: tick, .ended(.unknown))), at: now + random.number(1...600))
        } else if happens(plan.commitLost, .commitLost) {
            queue.add(
                .answer(worker: worker.number, .step(tick: tick, .ended(.unknown))), at: now + random.number(1...600))
        } else if happens(plan.commitLate, .commitLate) {
            queue.add(
                .request(
                    worker: worker.number, .commit(epoch: epoch, transaction: transaction, answerIsLost: true)),
                at: now + random.number(100...3_000))
            queue.add(
                .answer(worker: worker.number, .step(tick: tick, .ended(.unknown))), at: now + random.number(1...600))
        } else {
            ask(worker, .commit(epoch: epoch, transaction: transaction, answerIsLost: false))
        }
    }

    private func tickEnded(_ end: TickEnd, _ worker: ModelWorker) {
        guard let underWay = worker.tick else { return }
        note("worker \(worker.number): tick \(underWay.tick.id) \(end)")
        worker.tick = nil
        if end == .unknown { initialise(worker) }
        if underWay.isReported {
            if end != .committed { worker.tickToRepeat = underWay.tick }
        } else {
            worker.engine.tickEnded(end, at: worker.moment(at: now))
        }
        planTick(worker, after: end == .committed ? random.number(5...20) : random.number(20...150))
        follow(worker)
    }

    private func describe(_ tick: Tick) -> String {
        guard trace != nil else { return "" }
        return "\(tick.id): " + tick.parts.map { part in describe(part) }.joined(separator: "; ")
    }

    private func describe(_ part: TickPart) -> String {
        let ledger = part.ledger.map { write in
            switch write {
            case .request(let record): "+\(record.source.offset)"
            case .forgetRequest(let source): "-\(source.offset)"
            case .filing(let entry):
                "\(entry.identity.reference)=\(entry.state)\(entry.requests.map(\.offset))\(entry.doubt == nil ? "" : "?")"
            case .forgetFiling(let identity): "-\(identity.reference)"
            case .notification(let entry): "n\(entry.offset)"
            case .forgetNotification(let offset): "-n\(offset)"
            }
        }
        return "p\(part.partition) \(ledger.joined(separator: " ")) outcomes \(part.outcomes.map(describe))"
    }

    func describe(_ outcome: Outcome) -> String {
        let offset = outcome.record.source.offset
        switch outcome {
        case .claimReply(let reply): return "\(offset):\(reply.outcome.rawValue)"
        case .estateReply: return "n\(offset)"
        case .deadLetter(let letter): return "\(offset):\(letter.failure.reason.rawValue)@\(letter.failure.stage)"
        }
    }
}
