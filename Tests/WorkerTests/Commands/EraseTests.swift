import Engine
import Estates
import Kafka
import Testing

@testable import Worker

@Suite struct EraseTests {
    private let key = Array("7cbff6b42769f95c4ca41d3504c4c18b".utf8)
    private let creditor: Creditor

    init() throws { creditor = Creditor(cvr: try #require(CVRNumber("97281536"))) }

    private func identity(_ reference: String) -> FilingIdentity {
        FilingIdentity(creditor: creditor, kind: .claim, reference: reference)
    }

    private func filing(_ reference: String, of key: [UInt8], doubt: ContentsDigest? = nil) -> LedgerWrite {
        let filed = Filed(
            estate: EstateID("e"), filing: FilingID("f"), receipt: Receipt(id: "k", receivedAt: "then"),
            digest: ContentsDigest(high: 1, low: 2), revision: 1, isWithdrawn: false, person: PersonKey(key))
        return .filing(
            FilingEntry(
                identity: identity(reference), state: .settled, filed: doubt == nil ? filed : nil, doubt: doubt,
                givenUpFor: doubt == nil ? nil : PersonKey(key)))
    }

    private func request(_ topic: InputTopic, _ offset: Int64, of key: [UInt8]?) -> LedgerWrite {
        .request(
            OriginalRecord(
                source: Source(topic: topic, partition: 1, offset: offset), timestamp: 0, key: key, value: [1],
                headers: [RecordHeader(name: "proklama.ledger.key", value: self.key)]))
    }

    private func erasure(_ offset: Int64, _ result: Erasure.Result, mark: String) -> LedgerWrite {
        let order = ErasureOrder(id: "e\(offset)", by: "me@here", note: nil, mark: mark)
        return .erasure(Erasure(offset: offset, order: order, result: result, at: Timestamp(milliseconds: 0)))
    }

    private func found(_ writes: [(Int32, LedgerWrite)], _ seal: Seal = Seal(nil)) throws -> PersonInLedger {
        var person = PersonInLedger(key: key)
        for (partition, write) in writes {
            let record = LedgerRecord(write, seal)
            try person.take(
                Record(
                    topic: "estate.ledger", partition: partition, offset: 0, key: record.key, value: record.value,
                    headers: [LedgerWriter.header("group-1")] + record.headers))
        }
        return person
    }

    @Test func onlyTheLatestOfThePersonsCounts() throws {
        let other = Array("other".utf8)
        let person = try found([
            (1, filing("a", of: key)), (1, filing("b", of: key)), (1, filing("c", of: other)),
            (1, .forgetFiling(identity("b"))), (2, filing("d", of: key)), (3, filing("e", of: other)),
            (1, request(.claimRequests, 7, of: other)), (1, request(.claimRequests, 8, of: nil)),
        ])
        #expect(person.filings == 2)
        #expect(person.partitions == [1, 2])
        #expect(person.unfinished.isNone)
    }

    @Test func whatIsPendingOrInDoubtIsCountedSealedOrNot() throws {
        let keyring = try Keyring(text: "k=\(String(repeating: "ab", count: 32))")
        for seal in [Seal(nil), Seal(keyring)] {
            let person = try found(
                [
                    (1, request(.claimRequests, 7, of: key)), (1, request(.claimRequests, 8, of: key)),
                    (1, .forgetRequest(Source(topic: .claimRequests, partition: 1, offset: 8))),
                    (1, request(.deathNotifications, 7, of: key)),
                    (1, filing("a", of: key, doubt: ContentsDigest(high: 3, low: 4))),
                ], seal)
            #expect(person.unfinished == UnfinishedWork(requests: 1, notifications: 1, inDoubt: 1))
            #expect(person.filings == 0)
            #expect(ErasePlan.obstacles(person.unfinished).count == 2)
        }
    }

    @Test func earlierErasuresAreFoundByTheirMark() throws {
        let mark = ErasureOrder.mark(of: key)
        let person = try found([
            (1, erasure(3, .erased(filings: 2), mark: mark)), (1, erasure(4, .erased(filings: 2), mark: "0000")),
        ])
        #expect(person.earlier.map(\.offset) == [3])
        #expect(person.partitions.isEmpty)
    }

    @Test func answersComeBack() throws {
        for result in [
            Erasure.Result.erased(filings: 3), .refused(UnfinishedWork(requests: 1, notifications: 2, inDoubt: 3)),
        ] {
            let order = ErasureOrder(id: "e\"", by: "me@here", note: "why\n", mark: "0a1b")
            let erasure = Erasure(offset: 7, order: order, result: result, at: Timestamp(milliseconds: 5))
            #expect(try Erasure(offset: 7, json: erasure.json) == erasure)
        }
    }

    @Test(arguments: ["{}", #"{"v":1,"state":"wished","id":"a","by":"b","person":"0000","at":1}"#, #"{"v":9}"#])
    func whatCannotBeReadIsNotGuessed(_ json: String) {
        #expect(throws: LedgerProblem.self) { try Erasure(offset: 7, json: Array(json.utf8)) }
    }

    @Test func anOrderIsReadAsItWasWritten() {
        let order = ErasureOrder(id: "e1", by: "me@here", note: "why", mark: ErasureOrder.mark(of: key))
        let record = OriginalRecord(
            source: Source(topic: .claimRequests, partition: 0, offset: 0), timestamp: 0, key: key, value: order.json,
            headers: [])
        #expect(RecordParser(isProduction: true).parse(record) == .erasure(order))
    }

    @Test(arguments: [
        (#"{"id":"1","action":"erase"}"#, "by: missing"), (#"{"action":"erase","by":"me"}"#, "id: missing"),
        (#"{"id":"1","action":"erase","by":7}"#, "by: must be a string"),
        (#"{"id":"1","action":"erase","by":"me","note":7}"#, "note: must be a string"),
    ])
    func aBadOrderIsRefused(_ value: String, _ message: String) {
        let record = OriginalRecord(
            source: Source(topic: .claimRequests, partition: 0, offset: 0), timestamp: 0, key: key,
            value: Array(value.utf8), headers: [])
        #expect(
            RecordParser(isProduction: true).parse(record)
                == .rejected(Failure(.malformed, stage: .parse, message: message)))
    }

    @Test func badUseIsExplained() {
        let bare = ["--set", "kafka.bootstrap.servers=127.0.0.1:1"]
        let missing = Screen.run("erase", bare[0], bare[1], "--yes")
        #expect(missing.status == .usage)
        #expect(missing.screen.err.contains("--key"))
        let waiting = Screen.run("erase", bare[0], bare[1], "--key", "k", "--yes", "--wait", "soon")
        #expect(waiting.status == .usage)
        #expect(waiting.screen.err.contains("30s"))
        let long = Screen.run(
            "erase", bare[0], bare[1], "--key", "k", "--yes", "--note", String(repeating: "n", count: 1001))
        #expect(long.status == .usage)
    }
}
