import Glibc
import Kafka
import Testing

/// Membership, and the answers to rebalances.
@Suite struct GroupTests {
    private let cluster: MockCluster

    init() throws {
        cluster = try MockCluster.with("claims", "notices", partitions: 2)
        let partitions = (0..<2).flatMap { [TopicPartition("claims", $0), TopicPartition("notices", $0)] }
        let records = partitions.map {
            OutgoingRecord(topic: $0.topic, partition: $0.partition, key: nil, value: Array($0.topic.utf8))
        }
        for outcome in try cluster.producer().deliver(records, milliseconds: 10_000) { _ = try outcome.get() }
    }

    private func member() throws -> (consumer: Consumer, assigned: [TopicPartition]) {
        let consumer = try cluster.consumer(group: "workers")
        try consumer.subscribe(to: ["claims"])
        return (consumer, try #require(consumer.first { $0.asAssigned }))
    }

    @Test func anAssignmentMayBeAnsweredMuchLater() throws {
        let (consumer, assigned) = try member()
        #expect(assigned.sorted() == [TopicPartition("claims", 0), TopicPartition("claims", 1)])
        // Unanswered, it reads nothing and stays a member.
        let end = now() + 1500
        while now() < end { #expect(consumer.poll(milliseconds: 50)?.asRecord == nil) }
        #expect(consumer.memberID != nil)
        #expect(consumer.usesCooperativeProtocol)
        try consumer.incrementallyAssign(assigned.map { PartitionOffset($0, .none) })
        #expect(Set(consumer.records(2).map(\.topicPartition)) == Set(assigned))
        #expect(consumer.closes())
    }

    @Test func companionsAreReadThoughNobodySubscribedToThem() throws {
        let (consumer, assigned) = try member()
        let all = assigned + assigned.map { TopicPartition("notices", $0.partition) }
        try consumer.warmMetadata(of: ["notices"], milliseconds: 5000)
        try consumer.incrementallyAssign(all.map { PartitionOffset($0, .beginning) })
        consumer.wakeLeaders(of: all)
        #expect(Set(consumer.records(4).map(\.topicPartition)) == Set(all))
        #expect(Set(try consumer.assignment()) == Set(all))
        #expect(consumer.closes())
    }

    @Test func aRevocationMayBeAnsweredLateAndOnlyThenTheOtherGoesOn() throws {
        let (first, assigned) = try member()
        try first.incrementallyAssign(assigned.map { PartitionOffset($0, .none) })
        let second = try cluster.consumer(group: "workers")
        try second.subscribe(to: ["claims"])
        var revoked: [TopicPartition]?
        let joinedBy = now() + 10_000
        while revoked == nil, now() < joinedBy {
            if case .revoked(let partitions, let lost)? = first.poll(milliseconds: 20) {
                #expect(!lost)
                revoked = partitions
            }
            if second.poll()?.asAssigned == [] { try second.incrementallyAssign([]) }
        }
        let given = try #require(revoked)
        #expect(given.count == 1)
        let hesitation = now() + 1500
        while now() < hesitation {
            _ = first.poll(milliseconds: 20)
            if let assigned = second.poll()?.asAssigned {
                #expect(assigned == [])
                try second.incrementallyAssign([])
            }
        }
        try first.incrementallyUnassign(given)
        var received: [TopicPartition] = []
        let movedBy = now() + 30_000
        while received.isEmpty, now() < movedBy {
            if let more = first.poll(milliseconds: 20)?.asAssigned {
                try first.incrementallyAssign(more.map { PartitionOffset($0, .none) })
            }
            if let more = second.poll()?.asAssigned {
                received += more
                try second.incrementallyAssign(more.map { PartitionOffset($0, .none) })
            }
        }
        #expect(received == given)
        #expect(first.closes())
        #expect(second.closes())
    }

    @Test func closingGivesThePartitionsBackWithALastEvent() throws {
        let (consumer, assigned) = try member()
        try consumer.incrementallyAssign(assigned.map { PartitionOffset($0, .none) })
        #expect(!consumer.isClosed)
        consumer.beginClose()
        let revoked = consumer.first { event -> [TopicPartition]? in
            if case .revoked(let partitions, lost: false) = event { partitions } else { nil }
        }
        #expect(revoked?.sorted() == assigned.sorted())
        try consumer.incrementallyUnassign(assigned)
        let end = now() + 10_000
        while !consumer.isClosed, now() < end { _ = consumer.poll(milliseconds: 20) }
        #expect(consumer.isClosed)
    }

    /// librdkafka itself aborts the process when it destroys a cooperative member that waits for its first assignment, so
    /// such a one must not be destroyed. Each of these is let go a little later in its joining than the one before.
    @Test func lettingAMemberGoAtAnyMomentHarmsNobody() throws {
        // Stretches the moment between the answers to JoinGroup and SyncGroup, some 3 s after the start (the mock waits so
        // long for more members).
        try cluster.delay(broker: 1, milliseconds: 100)
        let began = now()
        var members = try (0..<30).map { number in
            let member = try cluster.consumer(group: "workers-\(number)")
            try member.subscribe(to: ["claims"])
            return member
        }
        while !members.isEmpty {
            for member in members { _ = member.poll() }
            Thread.pause()
            let gone = (now() - began - 2800) / 50
            while members.count > max(0, 30 - Int(gone)) {
                if members.count.isMultiple(of: 2) { members.last?.beginClose() }
                members.removeLast()
            }
        }
    }

    @Test func committedOffsetsAreReadBack() throws {
        let consumer = try cluster.consumer(group: "workers")
        let places = [PartitionOffset(TopicPartition("claims", 0), .at(1))]
        try consumer.commit(places)
        let found = try consumer.committed(
            [TopicPartition("claims", 0), TopicPartition("claims", 1)], milliseconds: 5000)
        #expect(found == places + [PartitionOffset(TopicPartition("claims", 1), .none)])
    }

    @Test func aWrongMemberOfTheGroupIsToldByCode() throws {
        let consumer = try cluster.consumer(group: "workers")
        cluster.pushRequestErrors(.offsetCommit, [.groupAuthorizationFailed])
        let error = refusal { () throws(KafkaError) in
            try consumer.commit([PartitionOffset(TopicPartition("claims", 0), .at(1))])
        }
        #expect(error?.is(.groupAuthorizationFailed) == true)
        #expect(error?.name == "GROUP_AUTHORIZATION_FAILED")
    }
}
