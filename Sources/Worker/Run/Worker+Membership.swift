import Engine
import EventLoop
import Kafka

/// Partitions belong to a membership of the group, and end with it.
///
/// Normally a `revoked` event with `lost` says so. But 2.0.2 answers a JoinGroup that is refused with `UNKNOWN_MEMBER_ID`
/// by joining anew under another name, with no event, if the partitions come back to it; and it says nothing either when it
/// hears of its eviction in the middle of a rebalance. So: the process is stopped while its JoinGroup waits; it is evicted;
/// another worker has its partitions, files and commits; they return to it, or are about to be taken, and all the while
/// its state in memory is an old one, and its membership a good one that brokers accept. The member's name tells.
extension Worker {
    /// The membership to commit as; nil when there is none, or another one than that for which we hold our partitions.
    func membershipToCommit() -> GroupMetadata? {
        guard let group = consumer.groupMetadata(), group.isMember else { return nil }
        if group.memberID == member { return group }
        disown()
        return nil
    }

    /// What came with an earlier membership is not ours until an assignment of the present one has confirmed it: to be
    /// called at each assignment, before anything is made of it.
    func confirmMembership() {
        let name = consumer.groupMetadata()?.memberID ?? ""
        guard name != member else { return }
        disown()
        member = name
        for partition in disowned.sorted() { engine.assigned(partition, at: now) }
        disowned = []
    }

    /// Whether partitions that are to be given up belong to an earlier membership: nothing of them can be committed.
    var hasLostMembership: Bool { consumer.groupMetadata()?.memberID != member }

    /// Forgets the state of all that we own.
    private func disown() {
        guard !owned.isEmpty, disowned != owned else { return }
        log.warning(
            "group.membership-lost", "another membership has taken the place of ours; its partitions are restored",
            ["partitions": .text("\(owned.sorted())")])
        for partition in owned.subtracting(disowned).sorted() {
            engine.revoked(partition, at: now)
            restores.post(.forget(partition: partition))
            restoring.remove(partition)
            stand(partition)
        }
        disowned = owned
    }
}
