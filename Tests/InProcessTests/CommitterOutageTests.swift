import Engine
import Kafka
import Synchronization
import Testing
import WorkerHarness

@testable import Worker

/// What befalls a committer besides errors in answers.
@Suite struct CommitterOutageTests {
    /// Runs a series on a thread of its own, so that a committer that hangs fails the test instead of stopping it.
    private static func ends(
        _ mock: MockInstallation, within milliseconds: Int64 = 60_000, ticks: Int = 3,
        each: @escaping @Sendable (Int) -> Void
    ) throws -> [TickEnd]? {
        let found = Box()
        onThread {
            guard var series = try? CommitterSeries(mock.installation) else { return }
            for tick in 0..<ticks {
                each(tick)
                series.commitOne()
            }
            let ends = series.ends
            found.ends.withLock { $0 = ends }
        }
        _ = eventually(milliseconds) { found.ends.withLock { $0 != nil } }
        return found.ends.withLock { $0 }
    }

    private final class Box: Sendable {
        let ends = Mutex<[TickEnd]?>(nil)
    }

    @Test func aCoordinatorThatMovesIsFollowed() throws {
        let mock = try MockInstallation(partitions: 1, brokers: 3)
        let id = KafkaClients(
            settings: try mock.installation.settings(["instance.id": "one"]), log: Log(level: .error, format: .text)
        ).transactionalID
        let ends = try Self.ends(mock, ticks: 6) { tick in
            try? mock.cluster.setCoordinator(ofTransactionalID: id, broker: Int32(1 + tick % 3))
            try? mock.cluster.setCoordinator(ofGroup: mock.installation.group, broker: Int32(1 + (tick + 1) % 3))
        }
        #expect(ends?.count { $0 == .committed } == 6, "\(String(describing: ends))")
    }

    @Test func brokersThatAreDownForAWhileAreWaitedFor() throws {
        let mock = try MockInstallation(partitions: 1)
        let ends = try Self.ends(mock) { tick in
            guard tick == 1 else { return }
            try? mock.cluster.takeDown(broker: 1)
            onThread {
                _ = eventually(3000) { false }
                try? mock.cluster.bringUp(broker: 1)
            }
        }
        #expect(ends?.count { $0 == .committed } == 3, "\(String(describing: ends))")
    }

    @Test func aBatchThatIsTooLargeIsWrittenRecordByRecord() throws {
        let mock = try MockInstallation(partitions: 1)
        let ends = try Self.ends(mock) { tick in
            if tick == 1 { mock.cluster.pushRequestErrors(.produce, [.messageTooLarge]) }
        }
        let seen = try #require(ends)
        #expect(seen.starts(with: [.committed, .aborted]), "\(seen)")
        #expect(seen.count { $0 == .committed } == 3 && !seen.contains(.unknown), "\(seen)")
    }

    @Test func aRecordThatIsTooLargeAllTheSameLowersTheLimitAndHasItsPartitionRestored() throws {
        let mock = try MockInstallation(partitions: 1)
        let ends = try Self.ends(mock) { tick in
            // The library may have sent more than one record of the tick before it hears of the first refusal.
            if tick == 1 { mock.cluster.pushRequestErrors(.produce, Array(repeating: .messageTooLarge, count: 6)) }
            if tick == 2 { mock.cluster.clearRequestErrors(.produce) }
        }
        let seen = try #require(ends)
        #expect(seen.contains(.unknown), "\(seen)")
        #expect(seen.last == .committed, "\(seen)")
    }

    @Test func aDeadLetterGoesWithoutTheValueWhichItsTopicDoesNotTake() {
        let headers = [Header("traceparent", text: "00-1"), Header("proklama.source.offset", text: "7")]
        let letter = OutgoingRecord(
            topic: "dead-letters", key: Array("person".utf8), value: [UInt8](repeating: 1, count: 5000),
            headers: headers)
        #expect(letter.truncated(to: 10_000) == letter)
        let cut = letter.truncated(to: 1000)
        #expect(cut.value == nil)
        #expect(cut.key == letter.key)
        #expect(cut.headers == headers + [Header("proklama.error.truncated", text: "5000")])
        #expect(RecordSize.of(cut) <= 1000)
        var heavy = letter
        heavy.headers.insert(Header("baggage", [UInt8](repeating: 1, count: 5000)), at: 0)
        #expect(
            heavy.truncated(to: 1000).headers.map(\.name) == ["proklama.source.offset", "proklama.error.truncated"])
        heavy.key = [UInt8](repeating: 1, count: 5000)
        #expect(RecordSize.of(heavy.truncated(to: 1000)) <= 1000)
    }
}
