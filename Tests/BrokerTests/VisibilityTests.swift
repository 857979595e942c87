import Kafka
import Testing

/// What a reader sees of other people's transactions.
@Suite(.enabled(if: TestBroker.isWanted, TestBroker.howToGetOne))
struct VisibilityTests {
    @Test func abortedAndOpenTransactionsAreHidden() throws {
        let cluster = try Cluster()
        let ledger = TopicPartition(try cluster.topic("ledger"), 0)
        let producer = try cluster.producer()
        for (text, commits) in [("first", true), ("aborted", false), ("second", true)] {
            try producer.beginTransaction()
            try producer.produce(text, to: ledger)
            try producer.flush(milliseconds: 10_000)
            if commits {
                try producer.commitTransaction(milliseconds: 10_000)
            } else {
                try producer.abortTransaction(milliseconds: 10_000)
            }
        }
        try producer.beginTransaction()
        try producer.produce("open", to: ledger)
        try producer.flush(milliseconds: 10_000)
        #expect(try cluster.read(ledger).values == ["first", "second"])
        // The control: they are there, and only the isolation hides them.
        #expect(
            try cluster.read(ledger, isolation: "read_uncommitted").values == ["first", "aborted", "second", "open"])
        try producer.abortTransaction(milliseconds: 10_000)
    }

    @Test func anOpenTransactionHoldsTheEndBelowTheCachedHighWatermark() throws {
        let cluster = try Cluster()
        let ledger = TopicPartition(try cluster.topic("ledger"), 0)
        let producer = try cluster.producer()
        try producer.beginTransaction()
        try producer.produce("first", to: ledger)
        try producer.commitTransaction(milliseconds: 10_000)
        let settled = try cluster.readSettled(ledger)
        #expect(settled.end == settled.cachedHigh)

        try producer.beginTransaction()
        try producer.produce("open", to: ledger)
        try producer.flush(milliseconds: 10_000)
        let open = try cluster.read(ledger)
        #expect(open.values == ["first"])
        #expect(open.end == settled.end)
        #expect(open.cachedHigh == settled.cachedHigh + 1)
        // The queried one does not show it.
        let queried = try cluster.consumer().queryWatermarks(ledger, milliseconds: 10_000)
        #expect(queried.high == open.end)

        try producer.commitTransaction(milliseconds: 10_000)
        let after = try cluster.readSettled(ledger)
        #expect(after.values == ["first", "open"])
        #expect(after.end == after.cachedHigh)
    }

    @Test func committedOffsetsWaitForAPendingTransaction() throws {
        let cluster = try Cluster()
        let claims = TopicPartition(try cluster.topic("claims"), 0)
        let group = unique("workers")
        let successor = try cluster.consumer(group: group)
        #expect(try successor.committed([claims], milliseconds: 10_000) == [PartitionOffset(claims, .none)])

        let producer = try cluster.producer()
        let member = GroupMetadata(group: group, generation: -1, memberID: "")
        try producer.beginTransaction()
        try producer.sendOffsets([PartitionOffset(claims, .at(7))], group: member, milliseconds: 10_000)
        let error = refusal { () throws(KafkaError) in _ = try successor.committed([claims], milliseconds: 1500) }
        #expect(error?.isRetriable == true)

        try producer.commitTransaction(milliseconds: 10_000)
        #expect(try successor.committed([claims], milliseconds: 10_000) == [PartitionOffset(claims, .at(7))])
        #expect(
            try cluster.admin.committedOffsets(group: group, [claims], milliseconds: 10_000)
                == [PartitionOffset(claims, .at(7))])
    }
}
