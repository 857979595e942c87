import Glibc
import Kafka
import Testing

/// A consumer that chooses its partitions itself.
@Suite struct ConsumerTests {
    private let cluster: MockCluster
    private let partition = TopicPartition("claims", 0)

    init() throws {
        cluster = try MockCluster.with("claims")
        let records = (0..<5).map {
            OutgoingRecord(topic: "claims", partition: 0, key: nil, value: [$0], timestamp: 1000 + Int64($0))
        }
        for outcome in try cluster.producer().deliver(records, milliseconds: 10_000) { _ = try outcome.get() }
    }

    private func reader(from offset: Offset) throws -> Consumer {
        let consumer = try cluster.consumer()
        try consumer.assign([PartitionOffset(partition, offset)])
        return consumer
    }

    @Test func readsFromTheOffsetToTheEnd() throws {
        let consumer = try reader(from: .at(3))
        #expect(consumer.records(2).map(\.offset) == [3, 4])
        #expect(consumer.first { $0.asEnd } == 5)
        #expect(consumer.cachedWatermarks(partition)?.high == 5)
        #expect(try consumer.queryWatermarks(partition, milliseconds: 5000) == (0, 5))
        #expect(try consumer.position(of: [partition]) == [PartitionOffset(partition, .at(5))])
    }

    @Test func anEmptyPartitionEndsAtZero() throws {
        let consumer = try cluster.consumer()
        try consumer.assign([PartitionOffset(TopicPartition("claims", 1), .beginning)])
        #expect(consumer.first { $0.asEnd } == 0)
    }

    @Test func seeksBack() throws {
        let consumer = try reader(from: .beginning)
        #expect(consumer.records(5).count == 5)
        try consumer.seek([PartitionOffset(partition, .at(2))], milliseconds: 5000)
        #expect(consumer.records(1).map(\.offset) == [2])
    }

    @Test func seekingWhatIsNotAssignedNamesThePartition() throws {
        let consumer = try reader(from: .beginning)
        let error = refusal { () throws(KafkaError) in
            try consumer.seek([PartitionOffset(TopicPartition("claims", 3), .at(0))], milliseconds: 5000)
        }
        #expect(error?.message.contains("claims-3") == true)
    }

    @Test func aPausedPartitionIsSilentUntilItResumes() throws {
        let consumer = try reader(from: .end)
        #expect(consumer.first { $0.asEnd } == 5)
        try consumer.pause([partition])
        let more = OutgoingRecord(topic: "claims", partition: 0, key: nil, value: [9])
        let place = try #require(try cluster.producer().deliver([more], milliseconds: 5000).first).get()
        let end = now() + 500
        while now() < end { #expect(consumer.poll(milliseconds: 50)?.asRecord == nil) }
        try consumer.resume([partition])
        #expect(consumer.records(1).map(\.offset) == [place.offset.number])
    }

    @Test func theDescriptorWakesWhoeverWatchesIt() throws {
        // A pipe does as well as an eventfd here.
        var ends: [CInt] = [-1, -1]
        try #require(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        let consumer = try reader(from: .end)
        #expect(consumer.first { $0.asEnd } == 5)
        while consumer.poll() != nil {}
        consumer.wakes(ends[1])
        var watched = pollfd(fd: ends[0], events: Int16(POLLIN), revents: 0)
        #expect(Glibc.poll(&watched, 1, 200) == 0)
        let more = OutgoingRecord(topic: "claims", partition: 0, key: nil, value: [9])
        _ = try cluster.producer().deliver([more], milliseconds: 5000)
        #expect(Glibc.poll(&watched, 1, 5000) == 1)
        #expect(consumer.poll()?.asRecord?.value == [9])
        consumer.wakes(-1)
    }

    @Test func anOffsetThatIsNotThereIsReportedForItsPartition() throws {
        let consumer = try cluster.consumer(with: ["auto.offset.reset": "error"])
        try consumer.assign([PartitionOffset(partition, .at(99))])
        let failed = consumer.first { event -> TopicPartition? in
            if case .partitionFailed(let partition, _) = event { partition } else { nil }
        }
        #expect(failed == partition)
    }

    @Test func noBrokerIsAConnectionProblem() throws {
        let consumer = try Consumer(settings: ["bootstrap.servers": "127.0.0.1:1"], log: { _ in })
        let failure = consumer.first { event -> KafkaError? in
            if case .failed(let error) = event { error } else { nil }
        }
        #expect(failure?.isConnectionProblem == true)
        #expect(failure?.isFatal == false)
    }
}
