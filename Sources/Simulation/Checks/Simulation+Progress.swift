import Driver
import Engine
import Estates

extension Simulation {
    func quieten() {
        isQuiet = true
        note("faults end here")
        for worker in workers where worker.isAlive {
            worker.cutUntil = min(worker.cutUntil, now)
            resume(worker)
        }
    }

    /// The run is over when everything is answered and nothing is under way any more.
    func checkProgress() {
        let isSettled =
            isQuiet && checker.isEverythingAnswered && isEverythingTold
            && workers.allSatisfy { !$0.isAlive || isIdle($0) }
            && !slots.contains { $0 == nil }
            && !broker.transactions.contains { $0.state == .open || $0.markersLeft > 0 }
            && !portal.calls.contains { ($0.fate.arrivesAt ?? 0) > now }
            && workers.reduce(Set<Int32>()) { $1.isAlive ? $0.union($1.driver.owned) : $0 }.count
                == Int(settings.partitions)
            // Nobody is left who does not know yet what they have lost.
            && workers.reduce(0) { $0 + ($1.isAlive ? $1.driver.owned.count : 0) } == Int(settings.partitions)
        if isSettled, settledSince == nil { settledSince = now }
        // Deadlines are looked at once in a while.
        if isSettled, let settledSince, now >= settledSince + 4_000 {
            isDone = true
            checker.checkEnd(portal, at: now)
            for worker in workers where worker.isAlive {
                checkRestore(worker)
                for partition in worker.driver.owned { checker.checkWarnings(partition, owner: worker, at: now) }
            }
        } else if now > quietAt + patience {
            let open = workload.items.filter { !checker.isAnswered($0) }.map { "\($0.index) at \($0.source)" }
            note(
                "slots \(slots), open \(broker.transactions.indices.filter { broker.transactions[$0].state == .open })")
            for worker in workers where worker.isAlive { note("still alive: " + describe(worker)) }
            if !isEverythingTold { checker.fail("lost: a change of an estate was never published", at: now) }
            checker.fail("liveness: the faults ended long ago; not answered: \(open)", at: now)
        } else {
            queue.add(.checkProgress, at: now + 500)
        }
    }

    private func describe(_ worker: ModelWorker) -> String {
        "worker \(worker.number) in slot \(worker.slot), \(worker.driver.stage), stopped \(worker.isStopped), "
            + "member \(worker.consumer.member ?? -1), joining \(worker.consumer.isJoining), "
            + "asking \(worker.consumer.isAsking), owns \(worker.driver.owned.sorted()), "
            + "restoring \(worker.driver.restoring.sorted()), fetched \(worker.driver.fetched.sorted()), "
            + "tick \(worker.tick.map { "\($0.number) \($0.run.step)" } ?? "none"), calls \(worker.calls.count), "
            + "producer \(worker.producerEpoch ?? -1), to write \(worker.engine.hasSomethingToWrite)"
    }

    private func isIdle(_ worker: ModelWorker) -> Bool {
        !worker.isStopped && worker.tick == nil && worker.calls.isEmpty && !worker.engine.hasSomethingToWrite
            && worker.driver.stage == .running && !worker.consumer.isAsking
            && worker.driver.owned.allSatisfy { worker.engine.durableState(of: $0) != nil }
    }

    /// The ledger, restored, must lead to what the living engine has in memory.
    private func checkRestore(_ worker: ModelWorker) {
        for partition in worker.driver.owned.sorted() {
            var settings = engineSettings
            settings.lease = worker.lease
            var fresh = Engine(settings: settings, seed: 1)
            fresh.assigned(partition, at: worker.moment(at: now))
            let restored = broker.visible(partition).restored(workload, positions: broker.committed(partition))
            for command in fresh.takeCommands() {
                if case .restore(_, let epoch) = command {
                    fresh.restored(partition, epoch: epoch, restored, at: worker.moment(at: now))
                }
            }
            let living = worker.engine.durableState(of: partition)
            let followed = worker.engine.durableFollowing(of: partition)
            let again = fresh.durableFollowing(of: partition)
            let view = checker.views[Int(partition)]
            if followed.estates != Set(view.estates.values) || followed.checkpoint != view.checkpoint
                || again.estates != followed.estates || again.checkpoint != followed.checkpoint
            {
                checker.fail("what partition \(partition) follows is not in its ledger as its owner has it", at: now)
            }
            if fresh.durableState(of: partition) != living || checker.views[Int(partition)].filings != living {
                let view = checker.views[Int(partition)].filings
                let again = fresh.durableState(of: partition)
                for identity in Set(view.keys).union(living?.keys.map { $0 } ?? [])
                where view[identity] != living?[identity] || view[identity] != again?[identity] {
                    note("\(identity.reference): the ledger has \(String(describing: view[identity]))")
                    note("in memory \(String(describing: living?[identity]))")
                    note("restored \(String(describing: again?[identity]))")
                }
                checker.fail("the ledger of partition \(partition) is not what its owner has in memory", at: now)
            }
        }
    }
}

extension Checker {
    /// The window bounds what is taken in, whatever else happens.
    mutating func window(_ worker: ModelWorker, _ settings: EngineSettings, at now: Int64) {
        if worker.engine.wantsRecords, worker.engine.placesHeld >= settings.window {
            fail("a full window wants more records", at: now)
        }
    }
}
