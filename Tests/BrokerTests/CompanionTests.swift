import Kafka
import Testing

/// Both inputs of a partition belong to one member, whatever happens, though the group knows of one topic only.
@Suite(.enabled(if: TestBroker.isWanted, TestBroker.howToGetOne))
struct CompanionTests {
    @Test func bothInputsStayTogetherThroughAJoinAndALeave() throws {
        let cluster = try Cluster()
        let claims = try cluster.topic("claims", partitions: 4)
        let notices = try cluster.topic("notices", partitions: 4)
        let all = Set((0..<4).flatMap { [TopicPartition(claims, $0), TopicPartition(notices, $0)] })
        let group = unique("workers")
        func join() throws -> Member {
            try Member(of: try cluster.consumer(group: group), subscribedTo: claims, companion: notices)
        }
        let producer = try Producer(settings: ["bootstrap.servers": cluster.bootstrap], log: { _ in })
        /// Writes one record to each partition of both, and tells what they are.
        func write(_ round: String) throws -> Set<String> {
            let records = all.map { place in
                OutgoingRecord(
                    topic: place.topic, partition: place.partition, key: nil, value: Array("\(round) \(place)".utf8))
            }
            for outcome in producer.deliver(records, milliseconds: 10_000) { _ = try outcome.get() }
            return Set(all.map { "\(round) \($0)" })
        }

        let first = try join()
        #expect(try turn([first]) { first.owned == all })
        let alone = try write("alone")
        #expect(try turn([first]) { first.values == alone })

        let second = try join()
        #expect(
            try turn([first, second]) { second.owned.count == 4 && first.owned.union(second.owned) == all })
        #expect(first.owned.isDisjoint(with: second.owned))
        for member in [first, second] {
            #expect(Set(try member.consumer.assignment()) == member.owned)
            let claimed = member.owned.filter { $0.topic == claims }.map(\.partition)
            #expect(Set(claimed) == Set(member.owned.filter { $0.topic == notices }.map(\.partition)))
        }
        let together = try write("together")
        #expect(try turn([first, second]) { first.values.union(second.values).isSuperset(of: together) })
        #expect(!first.values.isSuperset(of: together))

        #expect(try second.leaves { try first.turn() })
        #expect(try turn([first]) { first.owned == all })
        let again = try write("again")
        #expect(try turn([first]) { first.values.isSuperset(of: again) })
        #expect(try first.leaves())
    }
}
