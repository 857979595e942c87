import Engine
import EventLoop
import Kafka
import PortalSimulator
import Testing
import WorkerHarness

@testable import Worker

/// What librdkafka 2.0.2 does that the driver is built around, and that the driver copes with it. When one of the first
/// kind fails with a newer library, its defence may go.
@Suite struct LibraryQuirkTests {
    @Test func aPauseOutlivesTheAssignment() throws {
        let mock = try MockInstallation(partitions: 1)
        try mock.installation.send((0..<3).map { .claim($0) })
        let (consumer, place) = try reader(mock)
        try consumer.assign([PartitionOffset(place, .beginning)])
        #expect(record(consumer) != nil)
        try consumer.pause([place])
        try consumer.unassign()
        try consumer.assign([PartitionOffset(place, .beginning)])
        #expect(record(consumer, within: 1500) == nil)
        try consumer.resume([place])
        #expect(record(consumer)?.offset == 0)
    }

    @Test func aResumeWithoutAPauseStartsAgain() throws {
        let mock = try MockInstallation(partitions: 1)
        try mock.installation.send((0..<3).map { .claim($0) })
        let (consumer, place) = try reader(mock)
        try consumer.assign([PartitionOffset(place, .beginning)])
        #expect([record(consumer)?.offset, record(consumer)?.offset] == [0, 1])
        try consumer.resume([place])
        #expect(record(consumer)?.offset == 0)
    }

    @Test func aRecordThatComesAgainIsTakenInOnce() throws {
        let mock = try MockInstallation(partitions: 1)
        let worker = try mock.installation.worker()
        let records = try mock.installation.send((0..<10).map { .claim($0) })
        let answers = try mock.installation.answers()
        #expect(answers.problems(with: records) == nil)
        // All that is fetched starts again, as the library does by itself in some rebalances.
        #expect(worker.onLoop { try? $0.consumer.resume($0.consumer.assignment()) })
        let more = try mock.installation.send((10..<20).map { .claim($0) })
        #expect(answers.problems(with: records.union(more)) == nil)
        let accepted = try #require(worker.snapshot()).engineStatistics.acceptedRecords
        #expect(accepted == 20)
        #expect(worker.stopped() == 0)
    }

    @Test func anotherMembershipWithoutAnEventHasItsPartitionsRestored() throws {
        let mock = try MockInstallation()
        let worker = try mock.installation.worker()
        let before = try mock.installation.send((0..<10).map { .claim($0) })
        let answers = try mock.installation.answers()
        #expect(answers.problems(with: before) == nil)
        mock.commitAll(worker)
        // A rebalance in which the member is not known any more, as after a stop in the middle of it.
        mock.cluster.pushRequestErrors(.joinGroup, [.unknownMemberID])
        mock.cluster.pushRequestErrors(.heartbeat, [.rebalanceInProgress])
        #expect(eventually { worker.snapshot()?.partitionsRestored == 4 })
        let after = try mock.installation.send((10..<20).map { .claim($0) })
        #expect(answers.problems(with: before.union(after)) == nil)
        #expect(mock.installation.portal.audit().duplicates == 0)
        #expect(worker.stopped() == 0)
    }

    /// The loop makes these calls itself. They only hand an order to the library's own thread.
    @Test func callsOfTheConsumerDoNotWaitForBrokersThatAreAway() throws {
        let mock = try MockInstallation(partitions: 1)
        try mock.installation.send((0..<3).map { .claim($0) })
        let (consumer, place) = try reader(mock)
        try consumer.assign([PartitionOffset(place, .beginning)])
        #expect(record(consumer) != nil)
        try mock.cluster.takeDown(broker: 1)
        _ = eventually(500) { false }
        let began = MonotonicClock.milliseconds()
        try consumer.pause([place])
        try consumer.seek([PartitionOffset(place, .at(1))], milliseconds: 20_000)
        try consumer.resume([place])
        try consumer.seek([PartitionOffset(place, .beginning)], milliseconds: 20_000)
        _ = consumer.groupMetadata()
        _ = try consumer.assignment()
        try consumer.assign([])
        // Each of the two that have a time could take 20 s.
        #expect(MonotonicClock.milliseconds() - began < 10_000)
    }

    @Test func aLeaderThatMovedIsFoundByTheSecondQuestion() throws {
        let mock = try MockInstallation(partitions: 1, brokers: 2)
        let (consumer, place) = try reader(mock)
        try mock.cluster.setLeader(of: place, broker: 1)
        try consumer.warmMetadata(of: [place.topic], milliseconds: 10_000)
        _ = try consumer.queryWatermarks(place, milliseconds: 10_000)
        for broker in [2, 1] as [Int32] {
            try mock.cluster.setLeader(of: place, broker: broker)
            let refusal = #expect(throws: KafkaError.self) {
                try consumer.queryWatermarks(place, milliseconds: 10_000)
            }
            #expect(refusal?.is(.notLeader) == true)
            #expect(eventually { (try? consumer.queryWatermarks(place, milliseconds: 1000)) != nil })
        }
    }

    private func reader(_ mock: MockInstallation) throws -> (Consumer, TopicPartition) {
        var settings = ClientSettings.recommendedConsumer()
        settings["bootstrap.servers"] = mock.installation.bootstrap
        settings["group.id"] = "reader"
        let place = TopicPartition(mock.installation.topic("claim-requests"), 0)
        return (try Consumer(settings: settings, log: { _ in }), place)
    }

    private func record(_ consumer: Consumer, within milliseconds: Int64 = 10_000) -> Record? {
        var found: Record?
        _ = eventually(milliseconds) {
            while found == nil, let event = consumer.poll(milliseconds: 10) {
                if case .record(let record) = event { found = record }
            }
            return found != nil
        }
        return found
    }
}
