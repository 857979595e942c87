import Kafka
import Testing

/// Nobody commits what is no longer theirs.
@Suite(.enabled(if: TestBroker.isWanted, TestBroker.howToGetOne))
struct FencingTests {
    @Test func zombieCannotCommitAfterTakeover() throws {
        let cluster = try Cluster()
        let claims = try cluster.topic("claims", partitions: 2)
        let ledger = TopicPartition(try cluster.topic("ledger"), 0)
        let group = unique("workers")
        let zombie = try Member(
            of: try cluster.consumer(group: group, with: ["max.poll.interval.ms": "6000"]), subscribedTo: claims)
        #expect(try turn([zombie]) { zombie.owned.count == 2 })
        let producer = try cluster.producer()
        let membership = try #require(zombie.consumer.groupMetadata())
        let offsets = [PartitionOffset(TopicPartition(claims, 0), .at(1))]
        try producer.beginTransaction()
        try producer.produce("zombie", to: ledger)
        try producer.flush(milliseconds: 10_000)

        // It does not poll any more, so the group gives its partitions to the next one.
        let successor = try Member(of: try cluster.consumer(group: group), subscribedTo: claims)
        #expect(try turn([successor]) { successor.owned.count == 2 })

        let error = refusal { () throws(KafkaError) in
            try producer.sendOffsets(offsets, group: membership, milliseconds: 10_000)
        }
        #expect(error?.requiresAbort == true, "\(String(describing: error))")
        #expect(refusal { () throws(KafkaError) in try producer.commitTransaction(milliseconds: 10_000) } != nil)
        try producer.abortTransaction(milliseconds: 10_000)
        #expect(try cluster.read(ledger).values == [])

        // Why every transaction sends offsets: without them the zombie's goes through. Should a later broker or library
        // refuse this too, the rule may go.
        try producer.beginTransaction()
        try producer.produce("unfenced", to: ledger)
        try producer.commitTransaction(milliseconds: 10_000)
        #expect(try cluster.shows(["unfenced"], in: ledger))

        // And the one that has the partitions may send them.
        try producer.beginTransaction()
        try producer.produce("successor", to: ledger)
        try producer.sendOffsets(
            offsets, group: try #require(successor.consumer.groupMetadata()), milliseconds: 10_000)
        try producer.commitTransaction(milliseconds: 10_000)
        #expect(try cluster.shows(["unfenced", "successor"], in: ledger))
        #expect(try turn([zombie, successor]) { zombie.wasLost })
        #expect(try zombie.leaves { try successor.turn() })
        #expect(try successor.leaves())
    }

    @Test func aTransactionOfAnOlderGenerationIsRefusedAndTheSameAgainGoesThrough() throws {
        let cluster = try Cluster()
        let claims = try cluster.topic("claims", partitions: 2)
        let ledger = TopicPartition(try cluster.topic("ledger"), 0)
        let group = unique("workers")
        let first = try Member(of: try cluster.consumer(group: group), subscribedTo: claims)
        #expect(try turn([first]) { first.owned.count == 2 })
        let old = try #require(first.consumer.groupMetadata())
        let second = try Member(of: try cluster.consumer(group: group), subscribedTo: claims)
        #expect(try turn([first, second]) { first.owned.count == 1 && second.owned.count == 1 })

        let producer = try cluster.producer()
        let offsets = first.owned.map { PartitionOffset($0, .at(1)) }
        func attempt(_ membership: GroupMetadata) throws(KafkaError) {
            try producer.beginTransaction()
            try producer.produce("tick", to: ledger)
            try producer.flush(milliseconds: 10_000)
            try producer.sendOffsets(offsets, group: membership, milliseconds: 10_000)
            try producer.commitTransaction(milliseconds: 10_000)
        }
        let error = refusal { () throws(KafkaError) in try attempt(old) }
        #expect(error?.is(.illegalGeneration) == true)
        #expect(error?.requiresAbort == true && error?.isFatal == false)
        try producer.abortTransaction(milliseconds: 10_000)
        try attempt(try #require(first.consumer.groupMetadata()))
        #expect(try cluster.shows(["tick"], in: ledger))
        #expect(try first.leaves { try second.turn() })
        #expect(try second.leaves())
    }

    @Test func theNextProducerOfAnIDAbortsAndFinishesTheLastOne() throws {
        let cluster = try Cluster()
        let ledger = TopicPartition(try cluster.topic("ledger"), 0)
        let id = unique("worker")
        let first = try cluster.producer(id)
        try first.beginTransaction()
        try first.produce("first", to: ledger)
        try first.flush(milliseconds: 10_000)
        let second = try cluster.producer(id)
        let error = refusal { () throws(KafkaError) in try first.commitTransaction(milliseconds: 10_000) }
        #expect(error?.isFatal == true)
        #expect(first.fatalError != nil)
        try second.beginTransaction()
        try second.produce("second", to: ledger)
        try second.commitTransaction(milliseconds: 10_000)
        #expect(try cluster.shows(["second"], in: ledger))
    }
}
