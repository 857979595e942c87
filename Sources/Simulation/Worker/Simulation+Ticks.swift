import Driver
import Engine
import Estates

/// Commits ticks, as the committer does: what comes after each call says `TransactionRun`.
extension Simulation {
    func planTick(_ worker: ModelWorker, after wait: Int64 = 0) {
        guard !worker.isTickPlanned, worker.tick == nil else { return }
        let moment = worker.moment(at: now)
        var at = now + wait
        switch worker.driver.tickWish(at: moment, nanoseconds: moment.monotonic * 1_000_000) {
        case .nothing: guard worker.tickToRepeat != nil else { return }
        case .later(let due): at = max(at, due / 1_000_000 - worker.monotonicOffset)
        case .now: break
        }
        worker.isTickPlanned = true
        queue.add(.tick(worker: worker.number), at: at + random.number(0...3))
    }

    /// Takes a tick, and at the same moment what proves that the partitions in it are ours.
    func takeTick(_ worker: ModelWorker) {
        worker.isTickPlanned = false
        guard worker.tick == nil else { return }
        let moment = worker.moment(at: now)
        let isRepeated = worker.tickToRepeat != nil
        let metadata = GroupMetadata(member: worker.consumer.member, generation: worker.consumer.generation)
        let commitment =
            worker.tickToRepeat
            ?? worker.driver.takeTick(
                as: membership(of: worker), at: moment, nanoseconds: moment.monotonic * 1_000_000)
        guard let commitment else {
            follow(worker)
            planTick(worker, after: 50)
            return
        }
        worker.ticksTaken += 1
        var underWay = ModelWorker.TickUnderWay(
            number: worker.ticksTaken, commitment: commitment, metadata: metadata)
        if settings.without == .intentCommit {
            underWay.isReported = true
            if !isRepeated { worker.driver.tickEnded(.committed, at: moment, nanoseconds: 0) }
            worker.tickToRepeat = nil
        }
        worker.tick = underWay
        if commitment.tick == nil { count(.offsetsKept) }
        checker.tickTaken(by: worker.number, at: now)
        note("worker \(worker.number): \(describe(underWay))")
        makeCalls(worker)
        follow(worker)
    }

    func producerReady(_ worker: ModelWorker, epoch: Int) {
        worker.producerEpoch = epoch
        if !worker.hasJoined {
            worker.hasJoined = true
            worker.driver.producerReady()
            join(worker)
        }
        if worker.tick?.run.step == .openProducer { makeCalls(worker) }
        follow(worker)
    }

    /// How the call ended that the run's step stands for.
    func took(_ answer: TransactionAnswer, _ worker: ModelWorker) {
        switch answer {
        case .done(let transaction):
            if let transaction { worker.tick?.transaction = transaction }
            worker.tick?.run.succeeded()
        case .failed(let failure):
            worker.tick?.run.failed(failure)
        }
        makeCalls(worker)
        follow(worker)
    }

    /// Makes the calls that the run wants, up to one that has to be answered.
    private func makeCalls(_ worker: ModelWorker) {
        while let underWay = worker.tick {
            switch underWay.run.step {
            case .openProducer:
                guard worker.producerEpoch != nil else { return ask(worker, .initProducer) }
                worker.tick?.run.succeeded()
            case .begin, .flush, .confirm:
                worker.tick?.run.succeeded()
            case .produce:
                return produce(underWay, worker)
            case .sendOffsets:
                return sendOffsets(underWay, worker)
            case .commit:
                return commit(underWay, worker)
            case .abort:
                guard let transaction = underWay.transaction, let epoch = worker.producerEpoch else {
                    worker.tick?.run.succeeded()
                    continue
                }
                if happens(plan.fatal, .abortFailed) { return answer(underWay, .fatal, worker) }
                return ask(worker, .abort(epoch: epoch, transaction: transaction))
            case .discardProducer:
                worker.producerEpoch = nil
                worker.tick?.run.succeeded()
            case .end(let end):
                return ended(underWay, end, worker)
            }
        }
    }

    private func produce(_ underWay: ModelWorker.TickUnderWay, _ worker: ModelWorker) {
        guard let epoch = worker.producerEpoch else { return answer(underWay, .fatal, worker) }
        if happens(plan.abortable, .abortable) {
            answer(underWay, .abortable, worker)
        } else if happens(plan.fatal, .fatal) {
            answer(underWay, .fatal, worker)
        } else if happens(plan.abortable / 4, .refusedWithoutFlags) {
            answer(underWay, TransactionRun.Failure(), worker)
        } else {
            ask(worker, .produce(epoch: epoch, number: underWay.number, underWay.commitment))
        }
    }

    private func sendOffsets(_ underWay: ModelWorker.TickUnderWay, _ worker: ModelWorker) {
        guard let transaction = underWay.transaction, let epoch = worker.producerEpoch else { return }
        var metadata = underWay.metadata
        if settings.without == .groupMetadata {
            metadata = GroupMetadata(member: worker.consumer.member, generation: worker.consumer.generation)
        }
        if happens(plan.retriable, .retriable) { return answer(underWay, .retriable, worker) }
        ask(worker, .sendOffsets(epoch: epoch, transaction: transaction, metadata, underWay.commitment))
    }

    private func commit(_ underWay: ModelWorker.TickUnderWay, _ worker: ModelWorker) {
        guard let transaction = underWay.transaction, let epoch = worker.producerEpoch else { return }
        let silent = BrokerRequest.commit(epoch: epoch, transaction: transaction, answerIsLost: true)
        if happens(plan.abortable, .abortable) {
            answer(underWay, .abortable, worker)
        } else if happens(plan.commitAnswerLost, .commitAnswerLost) {
            ask(worker, silent)
            answer(underWay, anyFailure(), worker, within: 600)
        } else if happens(plan.commitLost, .commitLost) {
            answer(underWay, anyFailure(), worker, within: 600)
        } else if happens(plan.commitLate, .commitLate) {
            queue.add(.request(worker: worker.number, silent), at: now + random.number(100...3_000))
            answer(underWay, anyFailure(), worker, within: 600)
        } else {
            ask(worker, .commit(epoch: epoch, transaction: transaction, answerIsLost: false))
        }
    }

    /// What the library makes of a commit without an answer was seen to be all three.
    private func anyFailure() -> TransactionRun.Failure {
        [.fatal, .fatal, .retriable, .abortable][random.index(4)]
    }

    private func answer(
        _ underWay: ModelWorker.TickUnderWay, _ failure: TransactionRun.Failure, _ worker: ModelWorker,
        within limit: Int64 = 30
    ) {
        queue.add(
            .answer(worker: worker.number, .step(number: underWay.number, .failed(failure))),
            at: now + random.number(1...limit))
    }

    private func ended(_ underWay: ModelWorker.TickUnderWay, _ end: TickEnd, _ worker: ModelWorker) {
        note("worker \(worker.number): tick \(underWay.number) \(end)")
        worker.tick = nil
        let moment = worker.moment(at: now)
        if underWay.isReported {
            if end != .committed { worker.tickToRepeat = underWay.commitment }
        } else {
            let isForgotten = settings.without == .commitDoubt && end == .unknown
            worker.driver.tickEnded(
                isForgotten ? .aborted : end, at: moment, nanoseconds: moment.monotonic * 1_000_000)
        }
        if end == .unknown { count(.unknownCommit) }
        planTick(worker, after: underWay.run.wantsRest ? 50 : 0)
        follow(worker)
    }

    private func describe(_ underWay: ModelWorker.TickUnderWay) -> String {
        guard trace != nil else { return "" }
        let parts = underWay.commitment.tick?.parts ?? []
        return "tick \(underWay.number): \(parts.map(describe).joined(separator: "; ")) member "
            + "\(underWay.metadata.member ?? 0), generation \(underWay.metadata.generation)"
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
            case .erasure(let erasure): "e\(erasure.offset)"
            case .estate(let estate): "\(estate.id)=\(estate.status ?? "")/\(estate.treatment ?? "")"
            case .forgetEstate(let id): "-\(id)"
            case .checkpoint(let reached): "since \(reached.since.milliseconds)"
            }
        }
        return "p\(part.partition) \(ledger.joined(separator: " ")) outcomes \(part.outcomes.map(describe))"
            + (part.updates.isEmpty ? "" : " updates \(part.updates.map(describe))")
    }

    private func describe(_ update: EstateUpdate) -> String {
        "\(update.estate) \(update.filing?.identity.reference ?? "") \(update.change.rawValue) "
            + "\(update.before ?? "")>\(update.after)"
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

extension TransactionRun.Failure {
    static var retriable: Self { Self(isRetriable: true) }
    static var abortable: Self { Self(requiresAbort: true) }
    static var fatal: Self { Self(isFatal: true) }
}
