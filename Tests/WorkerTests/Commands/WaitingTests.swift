import Engine
import Estates
import Kafka
import Testing

@testable import Worker

struct WaitingTests {
    private static let key = "9f0b0123456789cc"

    private func record(_ write: LedgerWrite, at offset: Int64) -> Record {
        let made = LedgerRecord(write, Seal(nil))
        return Record(
            topic: "estate.ledger", partition: 0, offset: offset, timestamp: 5_000, key: made.key, value: made.value,
            headers: made.headers)
    }

    private func request(_ topic: InputTopic, _ offset: Int64, key: String = WaitingTests.key) -> LedgerWrite {
        .request(
            OriginalRecord(
                source: Source(topic: topic, partition: 0, offset: offset), timestamp: 1, key: Array(key.utf8),
                value: [1, 2, 3], headers: []))
    }

    private func filing(_ offset: Int64, _ change: (inout FilingEntry) -> Void = { _ in }) throws -> LedgerWrite {
        let cvr = try #require(CVRNumber("97281536"))
        let identity = FilingIdentity(creditor: Creditor(cvr: cvr), kind: .claim, reference: "R-\(offset)")
        var entry = FilingEntry(
            identity: identity, state: .waiting,
            requests: [QueuedRequest(offset: offset, acceptedAt: Timestamp(milliseconds: 2_000))],
            nextAt: Timestamp(milliseconds: 90_000))
        change(&entry)
        return .filing(entry)
    }

    private func persons(_ writes: [LedgerWrite], _ words: [String] = []) throws -> [WaitingPerson] {
        var partition = WaitingPartition()
        for (offset, write) in writes.enumerated() { try partition.add(record(write, at: Int64(offset))) }
        let filter = try WaitingFilter(try Arguments(words, of: WaitingCommand.command), now: 10_000)
        return partition.persons(0, filter, horizon: 100_000, now: 10_000)
    }

    @Test func allOfAPersonStandTogether() throws {
        let found = try persons([
            request(.claimRequests, 0), try filing(0), request(.claimRequests, 1),
            try filing(1) { $0.failingSince = Timestamp(milliseconds: 3_000) },
            request(.deathNotifications, 0),
            .notification(
                NotificationEntry(
                    offset: 0, acceptedAt: Timestamp(milliseconds: 1_000), attempts: 1,
                    nextAt: Timestamp(milliseconds: 95_000))),
        ])
        let person = try #require(found.first)
        #expect(found.count == 1)
        #expect(person.requests == 2 && person.notifications == 1)
        #expect(person.kinds == [.estate: 2, .retry: 1])
        #expect(person.since == 1_000 && person.until == 101_000)
        #expect(person.nextAt(now: 10_000) == 95_000)
        #expect(person.nextAt(now: 95_000) == nil)
        #expect(person.json(now: 10_000).contains("\"key\":\"\(WaitingTests.key)\""))
    }

    @Test func theLatestOfAKeyCountsAndWhatIsAnsweredIsGone() throws {
        let settled = try filing(0) { entry in
            entry.requests = []
            entry.state = .settled
        }
        #expect(try persons([request(.claimRequests, 0), try filing(0), settled]).isEmpty)
        let notified = [request(.deathNotifications, 7)]
        #expect(try persons(notified).first?.kinds == [.underWay: 1])
        #expect(try persons(notified).first?.since == 5_000)
        let forgotten = LedgerWrite.forgetRequest(Source(topic: .deathNotifications, partition: 0, offset: 7))
        #expect(try persons(notified + [forgotten]).isEmpty)
    }

    @Test(
        arguments: [
            (["--reference", "R-1"], 1), (["--reference", "R-*"], 2), (["--key", "9f*"], 2), (["--key", "0*"], 0),
            (["--kind", "held"], 1),
            // Both were accepted eight seconds ago.
            (["--since", "7s"], 0), (["--since", "9s"], 2), (["--until", "7s"], 2), (["--until", "9s"], 0),
        ] as [([String], Int)])
    func filtersChooseRequests(words: [String], requests: Int) throws {
        let writes = [
            request(.claimRequests, 0), try filing(0), request(.claimRequests, 1), try filing(1) { $0.nextAt = nil },
        ]
        let found = try persons(writes, words)
        #expect(found.reduce(0) { $0 + $1.requests } == requests)
    }

    @Test(arguments: ["6101800001", "610180-0001", "person-6101800001"])
    func aKeyThatIsMadeOfANumberIsMasked(key: String) throws {
        let found = try persons([request(.claimRequests, 0, key: key), try filing(0)])
        let person = try #require(found.first)
        #expect(!person.json(now: 0).contains("0001"))
        #expect(!person.cells(now: 0).joined().contains("0001"))
    }

    @Test func aKindThatThereIsNotIsExplained() {
        #expect(throws: CommandFailure.self) { try persons([], ["--kind", "estat"]) }
    }
}
