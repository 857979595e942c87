import Engine
import EventLoop
import Kafka
import PortalSimulator
import Testing
import Worker
import WorkerHarness

/// Partitions move between workers, and nothing is done twice or left out.
@Suite(.enabled(if: TestBroker.isWanted, TestBroker.howToGetOne))
struct OwnershipTests {
    /// The assignment is answered with nothing, and each partition is added when it has been restored: the library must
    /// bear that, and leave the others alone.
    @Test func partitionsMoveAndThoseThatStayGoOn() throws {
        let workers = try WorkerCluster()
        let installation = workers.installation
        installation.portal.setLatency(.fixed(20))
        let first = try installation.worker()
        let flow = Flow(installation)
        #expect(eventually { first.partitions.count == 4 })
        #expect(eventually { flow.answered > 20 })
        for _ in 0..<2 {
            let second = try installation.worker()
            #expect(eventually { second.partitions.count == 2 && first.partitions.count == 2 })
            #expect(first.partitions.isDisjoint(with: second.partitions))
            _ = eventually(1000) { false }
            #expect(second.stopped() == 0)
            #expect(eventually { first.partitions.count == 4 })
        }
        let requests = flow.end()
        #expect(try installation.answers().problems(with: requests) == nil)
        let audit = installation.portal.audit()
        #expect(audit.duplicates == 0 && audit.filings == requests.count)
        // All four, and then the two that came back in each round: those that stayed were not restored, so they went on.
        #expect(first.snapshot()?.partitionsRestored == 8)
        #expect(flow.longestGap < 10_000, "a partition stood still for \(flow.longestGap) ms")
        #expect(first.stopped() == 0)
    }

    @Test func workersComeAndGoAtAnyMomentOfARestore() throws {
        let workers = try WorkerCluster()
        let installation = workers.installation
        installation.portal.setLatency(.fixed(100))
        let constant = try installation.worker(["portal.max.in.flight": "8"])
        let flow = Flow(installation)
        #expect(eventually { flow.answered > 10 })
        for wait in [0, 150, 300, 600, 900, 1200, 1500, 1800, 2100] as [Int64] {
            let other = try installation.worker(["portal.max.in.flight": "8"])
            _ = eventually(wait) { false }
            #expect(other.stopped() == 0)
        }
        let requests = flow.end()
        // More came in than so slow a portal takes.
        installation.portal.setLatency(.fixed(0))
        #expect(try installation.answers().problems(with: requests) == nil)
        let audit = installation.portal.audit()
        #expect(audit.duplicates == 0 && audit.filings == requests.count)
        #expect(constant.stopped() == 0)
    }

    @Test func theRestoreWaitsForAnOpenTransactionAndSeesWhatBecameOfIt() throws {
        let workers = try WorkerCluster(partitions: 1)
        let installation = workers.installation
        let ledger = TopicPartition(installation.topic("ledger"), 0)
        // A predecessor that was killed in the middle of a tick. Its transaction stays open until this test ends it, as the
        // broker would when its time is over.
        var settings = ClientSettings.recommendedProducer()
        settings["bootstrap.servers"] = workers.cluster.bootstrap
        settings["transactional.id"] = unique("killed")
        settings["transaction.timeout.ms"] = "60000"
        let killed = try TransactionalProducer(settings: settings, log: { _ in })
        try killed.initTransactions(milliseconds: 30_000)
        try killed.beginTransaction()
        try killed.produce(
            topic: ledger.topic, partition: 0, key: Array("no key of ours".utf8), value: Array("{}".utf8))
        try killed.flush(milliseconds: 10_000)

        let requests = try installation.send((0..<10).map { .claim($0) })
        let worker = try installation.worker()
        #expect(eventually { worker.snapshot()?.partitionsRestoring == 1 })
        // The end that readers see lies before the open transaction: that is not the end.
        _ = eventually(1500) { false }
        #expect(worker.snapshot()?.partitionsRestoring == 1)
        #expect(installation.portal.audit().filings == 0)
        try killed.abortTransaction(milliseconds: 10_000)
        // Had it read the aborted record, it would have refused to go on.
        #expect(try installation.answers().problems(with: requests) == nil)
        #expect(worker.stopped() == 0)
    }

    /// The transaction could stay open for a minute, with everything behind it. Those of others are none of our business.
    @Test(arguments: [true, false])
    func aTransactionThatADeadWorkerLeftOpenIsEndedByItsSuccessor(isOfTheGroup: Bool) throws {
        let workers = try WorkerCluster(partitions: 1)
        let installation = workers.installation
        let name = isOfTheGroup ? "\(installation.group)-killed" : unique("stranger")
        var settings = ClientSettings.recommendedProducer()
        settings["bootstrap.servers"] = workers.cluster.bootstrap
        settings["transactional.id"] = name
        settings["transaction.timeout.ms"] = "60000"
        let killed = try TransactionalProducer(settings: settings, log: { _ in })
        try killed.initTransactions(milliseconds: 30_000)
        try killed.beginTransaction()
        try killed.produce(
            topic: installation.topic("ledger"), partition: 0, key: Array("no key of ours".utf8),
            value: Array("{}".utf8), headers: [Header("proklama.ledger.writer", text: name)])
        try killed.flush(milliseconds: 10_000)

        let requests = try installation.send([.claim(1)])
        let worker = try installation.worker()
        guard isOfTheGroup else {
            #expect(eventually { worker.snapshot()?.partitionsRestoring == 1 })
            _ = eventually(4000) { false }
            #expect(worker.snapshot()?.partitionsRestoring == 1)
            try killed.commitTransaction(milliseconds: 10_000)
            _ = worker.stopped()
            return
        }
        #expect(eventually(40_000) { worker.snapshot()?.isReady == true })
        #expect(try installation.answers().problems(with: requests) == nil)
        let refused = refusal { () throws(KafkaError) in try killed.commitTransaction(milliseconds: 10_000) }
        #expect(refused?.isFatal == true)
        #expect(worker.stopped() == 0)
    }

    @Test func aWorkerThatWasLeftBehindCommitsNothingAndJoinsAgain() throws {
        let workers = try WorkerCluster(partitions: 2)
        let installation = workers.installation
        installation.portal.setLatency(.fixed(50))
        let zombie = try installation.worker(["kafka.max.poll.interval.ms": "6000"])
        let flow = Flow(installation)
        #expect(eventually { flow.answered > 10 })
        // Calls are under way and a tick is being made; then its loop stands still for longer than the group waits.
        let goOn = zombie.stall()
        let successor = try installation.worker()
        #expect(eventually { successor.partitions.count == 2 })
        goOn()
        #expect(eventually { zombie.partitions.count == 1 && successor.partitions.count == 1 })
        let requests = flow.end()
        #expect(try installation.answers().problems(with: requests) == nil)
        let audit = installation.portal.audit()
        #expect(audit.duplicates == 0 && audit.filings == requests.count)
        #expect(zombie.stopped() == 0)
        #expect(successor.stopped() == 0)
    }

    @Test func aGroupWithoutOffsetsAndWithALedgerIsRefused() throws {
        let workers = try WorkerCluster(partitions: 1)
        let installation = workers.installation
        let worker = try installation.worker()
        let requests = try installation.send([.claim(1)])
        #expect(try installation.answers().problems(with: requests) == nil)
        #expect(worker.stopped() == 0)
        // Another group has committed nothing: the same as one whose offsets have expired.
        let other = try installation.worker(["group.id": unique("workers")])
        #expect(eventually { other.status != nil })
        #expect(other.status == 1)
        #expect(other.failure?.contains("no committed offsets") == true, "\(other.failure ?? "")")
        #expect(installation.portal.audit().filings == 1)
    }

    @Test func aGroupThatLostTheOffsetsOfOneInputIsRefused() throws {
        let workers = try WorkerCluster(partitions: 1)
        let installation = workers.installation
        let consumer = try workers.cluster.consumer(group: installation.group)
        try consumer.commit([PartitionOffset(TopicPartition(installation.topic("claim-requests"), 0), .at(0))])
        let worker = try installation.worker()
        #expect(eventually { worker.status == 1 })
        #expect(worker.failure?.contains("one of the two inputs") == true, "\(worker.failure ?? "")")
    }

    @Test func offsetsBeyondTheEndOfAnInputAreRefused() throws {
        let workers = try WorkerCluster(partitions: 1)
        let installation = workers.installation
        let consumer = try workers.cluster.consumer(group: installation.group)
        for topic in ["claim-requests", "death-notifications"] {
            try consumer.commit([PartitionOffset(TopicPartition(installation.topic(topic), 0), .at(7))])
        }
        let worker = try installation.worker()
        #expect(eventually { worker.status == 1 })
        #expect(worker.failure?.contains("made anew") == true, "\(worker.failure ?? "")")
    }

    /// Why metadata without a member is never used (`GroupMetadata.isMember`): brokers do not check it.
    @Test func aTransactionOfNobodyIsNotFenced() throws {
        let workers = try WorkerCluster(partitions: 1)
        let installation = workers.installation
        let worker = try installation.worker()
        #expect(eventually { worker.partitions == [0] })
        let place = TopicPartition(installation.topic("claim-requests"), 0)
        let producer = try workers.cluster.producer()
        try producer.beginTransaction()
        let nobody = GroupMetadata(group: installation.group, generation: -1, memberID: "")
        #expect(!nobody.isMember)
        try producer.sendOffsets([PartitionOffset(place, .at(5))], group: nobody, milliseconds: 10_000)
        try producer.commitTransaction(milliseconds: 10_000)
        // The end of a transaction is answered before it shows.
        #expect(
            try eventually {
                try workers.cluster.admin.committedOffsets(group: installation.group, [place], milliseconds: 10_000)
                    == [PartitionOffset(place, .at(5))]
            })
        #expect(worker.stopped() == 0)
    }
}
