import Engine
import Estates

extension Simulation {
    /// The bytes of a call go out, if there is time left: the clock is looked at right before.
    func send(_ ticket: CallTicket, _ worker: ModelWorker) {
        guard let open = worker.calls[ticket] else { return }
        let deadline = open.deadline - worker.monotonicOffset
        guard now < deadline else {
            count(.notStarted)
            queue.add(
                .called(
                    worker: worker.number, ticket,
                    .failure(PortalFailure(.notStarted, mayHaveTakenEffect: false))), at: now)
            return
        }
        if open.call.changesSomething {
            checker.changeStarts(open.call, worker.number, deadline: deadline, at: now)
            if plan.mode == .shadow, settings.without != .rehearsal {
                // It has no way to the portal for this.
                queue.add(.called(worker: worker.number, ticket, .success(.rehearsed)), at: now + 1)
                strike(worker)
                return
            }
        }
        let fate = fate(of: open.call, deadline: deadline)
        if fate.isLate { checker.bytesAreLate(open.call, worker.number) }
        note("worker \(worker.number): call \(ticket.number) \(describe(open.call)) deadline \(deadline) \(fate)")
        let call = portal.open(
            PendingCall(call: open.call, worker: worker.number, ticket: ticket, fate: fate, deadline: deadline))
        if let at = fate.arrivesAt {
            queue.add(.portal(call: call), at: at)
        }
        if let (at, failure) = fate.clientSees {
            queue.add(.called(worker: worker.number, ticket, .failure(failure)), at: at)
        }
        strike(worker)
    }

    func called(_ ticket: CallTicket, _ result: Result<PortalAnswer, PortalFailure>, _ worker: ModelWorker) {
        guard worker.calls.removeValue(forKey: ticket) != nil else { return }
        note("worker \(worker.number): call \(ticket.number) ended \(describe(result))")
        let isProbe = worker.probes.remove(ticket) != nil
        if case .failure(let failure) = result, case .status(429, _) = failure.cause, !failure.ofToken,
            let wait = failure.retryAfter
        {
            worker.pausedUntil = max(worker.pausedUntil, now + min(wait, engineSettings.probeBackoff.upperBound))
        }
        let misfits = worker.engine.statistics.misfits
        worker.engine.answered(
            ticket, unseen(result), at: worker.moment(at: now))
        if isProbe { checker.probeEnded(deadLetters: misfits, after: worker.engine.statistics.misfits, at: now) }
        follow(worker)
    }

    /// The answer to a look-up without what it found, when looking up is switched off; or that to a search without notices.
    private func unseen(_ result: Result<PortalAnswer, PortalFailure>) -> Result<PortalAnswer, PortalFailure> {
        if settings.without == .deadlineOrder, case .success(.estates(let estates)) = result {
            return .success(.estates(estates.map { Estate(id: $0.id) }))
        }
        guard case .success(.filings(let filings)) = result else { return result }
        switch settings.without {
        case .lookUp: return .success(.filings([]))
        case .attachmentLookUp:
            let bare = filings.map { FiledRecord(id: $0.id, receipt: $0.receipt, isWithdrawn: $0.isWithdrawn) }
            return .success(.filings(bare))
        default: return result
        }
    }

    /// A call reaches the portal and takes effect, if it is to.
    func arrive(_ number: Int) {
        let pending = portal.calls[number]
        let worker = workers[pending.worker]
        if pending.call.changesSomething, !worker.isAlive { count(.deadCallTookEffect) }
        if pending.call.changesSomething, now > pending.deadline { count(.overDeadline) }
        let result = portal.process(pending.call, at: now, checker: &checker)
        note("portal: call of worker \(pending.worker) \(describe(pending.call)): \(describe(result))")
        if let at = pending.fate.answersAt {
            queue.add(.called(worker: pending.worker, pending.ticket, result), at: at)
        }
        if worker.isAlive { strike(worker) }
    }

    private func describe(_ call: PortalCall) -> String {
        switch call {
        case .search(let deceased): "search person \(workload.personIndex[deceased] ?? -1)"
        case .changes(let ids, let since): "ask for changes of \(ids.count) estates since \(since)"
        case .lookUp(_, let identity): "look up \(identity.reference)"
        case .submit(_, let identity, _, let key): "submit \(identity.reference) \(key)"
        case .amend(_, _, let identity, _, let key): "amend \(identity.reference) \(key)"
        case .withdraw(_, _, let identity, let key): "withdraw \(identity.reference) \(key)"
        case .attach(_, let filing, let identity, let attachment, _, _):
            "attach \(attachment.name) to \(filing) of \(identity.reference)"
        }
    }

    private func describe(_ result: Result<PortalAnswer, PortalFailure>) -> String {
        switch result {
        case .success(.estates(let estates)): "\(estates.count) estates"
        case .success(.filings(let filings)): "\(filings.count) filings"
        case .success(.receipt(let id, let receipt)): "\(id) \(receipt.id)"
        case .success(.attached): "attached"
        case .success(.changedEstates(let estates, _)): "\(estates.count) changed estates"
        case .success(.rehearsed): "rehearsed"
        case .failure(let failure):
            "\(failure.cause)\(failure.mayHaveTakenEffect ? ", may have taken effect" : "")"
        }
    }
}
