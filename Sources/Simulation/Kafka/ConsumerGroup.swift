/// The coordinator of the consumer group: generations, cooperative assignment, eviction, static members.
///
/// A partition that has to move is taken from its owner in one generation and given to the new one in a later one, when
/// the owner has joined again without it (KIP-429).
struct ConsumerGroup {
    struct Member {
        var number: Int
        var worker: Int
        /// The worker's own number for its join.
        var attempt: Int
        let slot: Int
        var lastSeen: Int64
        var hasJoined = false
        /// What it said it owned when it joined.
        var owned: UInt32 = 0
        var assigned: UInt32 = 0
    }

    private(set) var members: [Member] = []
    private(set) var generation = 0
    /// A rebalance is under way: it waits for all members to join.
    private(set) var isJoining = false
    /// Counts rebalances, so that an old one's time-out is told from a new one's.
    private(set) var round = 0
    private var lastNumber = 0
    private let partitions: Int
    let isStatic: Bool

    init(partitions: Int, isStatic: Bool) {
        self.partitions = partitions
        self.isStatic = isStatic
    }

    func index(_ member: Int) -> Int? { members.firstIndex { $0.number == member } }

    /// Whether offsets sent with these metadata are taken.
    func accepts(_ metadata: GroupMetadata) -> Bool {
        guard let member = metadata.member, index(member) != nil else { return false }
        return metadata.generation == generation
    }

    /// Whether they name a member, perhaps of another generation.
    func knows(_ metadata: GroupMetadata) -> Bool { metadata.member.flatMap(index) != nil }

    enum Joined {
        /// A static member came back as another process: nothing moves.
        case replaced(number: Int, assigned: UInt32)
        case waiting
    }

    mutating func join(_ attempt: Int, worker: Int, slot: Int, member: Int?, owned: UInt32, at now: Int64) -> Joined {
        if let member, let at = index(member) {
            members[at].owned = owned
            members[at].attempt = attempt
            members[at].hasJoined = true
            members[at].lastSeen = now
            startRebalance()
            return .waiting
        }
        lastNumber += 1
        if isStatic, let at = members.firstIndex(where: { $0.slot == slot }) {
            members[at].number = lastNumber
            members[at].worker = worker
            members[at].attempt = attempt
            members[at].lastSeen = now
            members[at].owned = 0
            // A predecessor that was to give something up and join again does so no more: without a rebalance, what it had
            // would be nobody's.
            if hasUnassigned { startRebalance() }
            members[at].hasJoined = isJoining
            return isJoining ? .waiting : .replaced(number: lastNumber, assigned: members[at].assigned)
        }
        members.append(
            Member(
                number: lastNumber, worker: worker, attempt: attempt, slot: slot, lastSeen: now, hasJoined: true,
                owned: owned))
        startRebalance()
        // The one that has just come is among those who have joined.
        if let at = index(lastNumber) { members[at].hasJoined = true }
        return .waiting
    }

    /// Everyone is asked to join; whoever asked for it has joined already.
    private mutating func startRebalance() {
        guard !isJoining else { return }
        isJoining = true
        round += 1
    }

    mutating func seen(_ member: Int, at now: Int64) {
        if let at = index(member) { members[at].lastSeen = now }
    }

    mutating func remove(_ member: Int) {
        guard let at = index(member) else { return }
        members.remove(at: at)
        if !members.isEmpty { startRebalance() }
    }

    var haveAllJoined: Bool { isJoining && members.allSatisfy(\.hasJoined) }

    /// Ends the rebalance; whoever has not joined is thrown out.
    ///
    /// - Returns: who was thrown out.
    mutating func complete() -> [Member] {
        let late = members.filter { !$0.hasJoined }
        members.removeAll { !$0.hasJoined }
        isJoining = false
        generation += 1
        assign()
        for at in members.indices { members[at].hasJoined = false }
        return late
    }

    private var hasUnassigned: Bool {
        members.reduce(UInt32(0)) { $0 | $1.assigned } != (UInt32(1) << UInt32(partitions)) - 1
    }

    private mutating func assign() {
        guard !members.isEmpty else { return }
        let most = (partitions + members.count - 1) / members.count
        let owners = (0..<partitions).map(owner)
        var target = Array(repeating: -1, count: partitions)
        var loads = Array(repeating: 0, count: members.count)
        // Whoever has a partition keeps it, up to a fair share.
        for partition in 0..<partitions {
            guard let owner = owners[partition], loads[owner] < most else { continue }
            target[partition] = owner
            loads[owner] += 1
        }
        for partition in 0..<partitions where target[partition] < 0 {
            guard let least = loads.indices.min(by: { loads[$0] < loads[$1] }) else { continue }
            target[partition] = least
            loads[least] += 1
        }
        for at in members.indices { members[at].assigned = 0 }
        for partition in 0..<partitions where owners[partition] == nil || owners[partition] == target[partition] {
            members[target[partition]].assigned |= UInt32(1) << UInt32(partition)
        }
    }

    /// Who says that it has a partition. One that was thrown out and comes back under another name may still say so: the
    /// one to which the group has given it since then is right.
    private func owner(of partition: Int) -> Int? {
        let bit = UInt32(1) << UInt32(partition)
        return members.firstIndex { $0.owned & $0.assigned & bit != 0 } ?? members.firstIndex { $0.owned & bit != 0 }
    }
}
