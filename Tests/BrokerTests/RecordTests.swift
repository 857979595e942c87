import Kafka
import Testing

@Suite(.enabled(if: TestBroker.isWanted, TestBroker.howToGetOne))
struct RecordTests {
    @Test func aRecordSurvivesTheBrokerByteForByte() throws {
        let cluster = try Cluster()
        let place = TopicPartition(try cluster.topic("dead-letters"), 0)
        let headers = [Header("text", text: "grå"), Header("twice", [0]), Header("twice", []), Header("null", nil)]
        let producer = try cluster.producer()
        try producer.beginTransaction()
        try producer.produce(
            topic: place.topic, partition: 0, key: [], value: [0, 255], headers: headers, timestamp: 1_764_024_000_123)
        try producer.produce(topic: place.topic, partition: 0, key: [1], value: nil)
        try producer.commitTransaction(milliseconds: 10_000)

        let consumer = try cluster.consumer()
        try consumer.assign([PartitionOffset(place, .beginning)])
        var found: [Record] = []
        while found.count < 2, let record = consumer.first({ if case .record(let record) = $0 { record } else { nil } })
        { found.append(record) }
        #expect(
            found.first
                == Record(
                    topic: place.topic, partition: 0, offset: 0, timestamp: 1_764_024_000_123, key: [],
                    value: [0, 255],
                    headers: headers))
        #expect(found.last?.key == [1])
        #expect(found.last?.value == nil)
    }

    @Test func aTimeLeadsToItsOffset() throws {
        let cluster = try Cluster()
        let place = TopicPartition(try cluster.topic("dead-letters"), 0)
        let producer = try Producer(settings: ["bootstrap.servers": cluster.bootstrap], log: { _ in })
        let records = (0..<3).map {
            OutgoingRecord(
                topic: place.topic, partition: 0, key: nil, value: [1], timestamp: 1_764_024_000_000 + $0 * 1000)
        }
        for outcome in producer.deliver(records, milliseconds: 10_000) { _ = try outcome.get() }
        let consumer = try cluster.consumer()
        func offset(at time: Int64) throws -> Offset? {
            try consumer.offsets(forTimestamp: time, [place], milliseconds: 10_000).first?.offset
        }
        #expect(try offset(at: 1_764_024_000_000) == .at(0))
        #expect(try offset(at: 1_764_024_000_001) == .at(1))
        #expect(try offset(at: 1_764_024_003_000) == .end)
    }
}
