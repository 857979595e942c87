extension Simulation {
    private var sessionTimeout: Int64 { 2_500 }
    private var joinTimeout: Int64 { 4_000 }

    func join(_ worker: ModelWorker, attempt: Int, member: Int?, owned: UInt32) {
        if let member, group.index(member) == nil {
            tell(worker, wasReplaced(worker) ? .fencedInstance : .joinRefused(attempt: attempt))
            return
        }
        let wasJoining = group.isJoining
        if group.isStatic, member == nil, let old = group.members.first(where: { $0.slot == worker.slot }),
            old.hasJoined, old.worker != worker.number
        {
            tell(workers[old.worker], .fencedInstance)
        }
        note("group: join of worker \(worker.number), member \(member ?? 0), owns \(partitions(owned))")
        switch group.join(
            attempt, worker: worker.number, slot: worker.slot, member: member, owned: owned, at: now)
        {
        case .replaced(let number, let assigned):
            watch(number)
            tell(worker, .synced(attempt: attempt, member: number, generation: group.generation, assigned: assigned))
        case .waiting:
            if !wasJoining { planJoinTimeout() }
            completeWhenAllJoined()
        }
    }

    private func wasReplaced(_ worker: ModelWorker) -> Bool {
        group.isStatic && group.members.contains { $0.slot == worker.slot && $0.worker != worker.number }
    }

    func heartbeat(of member: Int, from worker: ModelWorker) {
        guard group.index(member) != nil else {
            tell(worker, wasReplaced(worker) ? .fencedInstance : .unknownMember(member))
            return
        }
        group.seen(member, at: now)
        watch(member)
        if group.isJoining { tell(worker, .rebalancing) }
    }

    func leave(_ member: Int) {
        // A static member does not leave: its partitions wait for it until the session ends (KIP-345).
        if !group.isStatic { remove(member) }
    }

    func evict(_ member: Int, lastSeen: Int64) {
        guard let at = group.index(member), group.members[at].lastSeen == lastSeen else { return }
        // One that waits for the others to join need not be heard of.
        if group.isJoining, group.members[at].hasJoined { return }
        count(.eviction)
        note("group: worker \(group.members[at].worker) is thrown out, its session is over")
        remove(member)
    }

    private func remove(_ member: Int) {
        let wasJoining = group.isJoining
        group.remove(member)
        if group.isJoining, !wasJoining { planJoinTimeout() }
        completeWhenAllJoined()
    }

    private func watch(_ member: Int) {
        queue.add(.sessionTimeout(member: member, lastSeen: now), at: now + sessionTimeout)
    }

    private func planJoinTimeout() {
        queue.add(.joinTimeout(round: group.round), at: now + joinTimeout)
    }

    private func completeWhenAllJoined() {
        if group.haveAllJoined { complete() }
    }

    func endJoining(round: Int) {
        if group.isJoining, group.round == round { complete() }
    }

    private func complete() {
        for late in group.complete() {
            count(.eviction)
            note("group: worker \(late.worker) is thrown out, it has not joined in time")
        }
        for member in group.members {
            note("group: generation \(group.generation), worker \(member.worker) has \(partitions(member.assigned))")
            group.seen(member.number, at: now)
            watch(member.number)
            tell(
                workers[member.worker],
                .synced(
                    attempt: member.attempt, member: member.number, generation: group.generation,
                    assigned: member.assigned))
        }
    }

    func partitions(_ bits: UInt32) -> [Int32] {
        (0..<settings.partitions).filter { bits & (1 << UInt32($0)) != 0 }
    }
}
