import Engine

/// Partitions belong to a membership of the group, and end with it.
///
/// Normally a revocation that says `lost` tells so. But librdkafka 2.0.2 answers a JoinGroup that is refused with
/// `UNKNOWN_MEMBER_ID` by joining anew under another name, with no event, if the partitions come back to it; and it says
/// nothing either when it hears of its eviction in the middle of a rebalance. So: the process is stopped while its
/// JoinGroup waits; it is evicted; another worker has its partitions, files and commits; they return to it, or are about
/// to be taken, and all the while its state in memory is an old one, and its membership a good one that brokers accept.
/// The member's name tells.
extension Driver {
    /// Whether a transaction may go out with this membership: it is the one under which we hold our partitions.
    mutating func mayCommit(as membership: Membership?, at now: Moment) -> Bool {
        guard let membership, membership.isMember else { return false }
        if membership.name == member { return true }
        disown(at: now)
        return false
    }

    /// What came with an earlier membership is not ours until an assignment of the present one has confirmed it: to be
    /// called at each assignment, before anything is made of it.
    mutating func confirm(_ membership: Membership?, at now: Moment) {
        let name = membership?.name ?? ""
        guard name != member else { return }
        disown(at: now)
        member = name
        for partition in disowned.sorted() { engine.assigned(partition, at: now) }
        disowned = []
    }

    /// Forgets the state of all that we own.
    private mutating func disown(at now: Moment) {
        guard !owned.isEmpty, disowned != owned else { return }
        actions.append(.tell(.membershipLost(owned)))
        absorbCommands()
        for partition in owned.subtracting(disowned).sorted() {
            engine.revoked(partition, at: now)
            actions.append(.forgetRestore(partition: partition))
            restoring.remove(partition)
            stand(partition)
        }
        // Nothing of them will ever say that it is drained.
        revocation?.undrained.subtract(owned)
        undrainedAtStop.subtract(owned)
        disowned = owned
    }
}
