import Kafka
import Testing

/// What goes in comes out again, byte for byte.
@Suite struct RecordTests {
    private func roundTrip(_ record: OutgoingRecord) throws -> Record {
        let cluster = try MockCluster.with("claims")
        let producer = try cluster.producer()
        let place = try #require(producer.deliver([record], milliseconds: 10_000).first).get()
        let consumer = try cluster.consumer()
        try consumer.assign([PartitionOffset(place.topicPartition, .beginning)])
        let found = try #require(consumer.records(1).first)
        #expect(place.offset == .at(found.offset))
        #expect(place.topicPartition == found.topicPartition)
        return found
    }

    @Test func keyValueHeadersAndTimeArrive() throws {
        let headers = [
            Header("traceparent", text: "00-æøå"), Header("twice", text: "1"), Header("twice", [0, 255, 0]),
            Header("null", nil), Header("empty", []),
        ]
        let found = try roundTrip(
            OutgoingRecord(
                topic: "claims", partition: 2, key: [1, 0, 2], value: Array("beløb".utf8), headers: headers,
                timestamp: 1_764_024_000_123))
        #expect(found.topicPartition == TopicPartition("claims", 2))
        #expect(found.key == [1, 0, 2])
        #expect(found.value == Array("beløb".utf8))
        #expect(found.headers == headers)
        #expect(found.header("twice") == [0, 255, 0])
        #expect(found.timestamp == 1_764_024_000_123)
    }

    @Test func nullIsNotEmpty() throws {
        let null = try roundTrip(OutgoingRecord(topic: "claims", partition: 0, key: nil, value: nil))
        #expect(null.key == nil && null.value == nil && null.headers.isEmpty)
        let empty = try roundTrip(OutgoingRecord(topic: "claims", partition: 0, key: [], value: []))
        #expect(empty.key == [] && empty.value == [])
    }

    @Test func nullIsNotEmptyBesideHeadersEither() throws {
        let headers = [Header("a", text: "b")]
        let null = try roundTrip(OutgoingRecord(topic: "claims", partition: 0, key: nil, value: nil, headers: headers))
        #expect(null.key == nil && null.value == nil)
        let empty = try roundTrip(OutgoingRecord(topic: "claims", partition: 0, key: [], value: [], headers: headers))
        #expect(empty.key == [] && empty.value == [])
    }

    /// Java's murmur2 of `foobar` is -790332482, which is partition 2 of 4; the library's own default would say 1.
    @Test func keysGoWhereJavaPutsThem() throws {
        let found = try roundTrip(OutgoingRecord(topic: "claims", key: Array("foobar".utf8), value: [1]))
        #expect(found.partition == 2)
    }
}
