import Kafka
import PortalSimulator
import Testing
import WorkerHarness

/// No record stops a partition, however large or odd.
@Suite(.enabled(if: TestBroker.isWanted, TestBroker.howToGetOne))
struct PoisonTests {
    private func poison() -> [TestRecord] {
        let key = Array("person-0".utf8)
        let deep = [UInt8](repeating: 0x5B, count: 1000) + [UInt8](repeating: 0x5D, count: 1000)
        var records = [
            TestRecord(key: key, value: Array("no JSON".utf8)), TestRecord(key: key, value: nil),
            TestRecord(key: nil, value: Array("{}".utf8)), TestRecord(key: key, value: deep),
            TestRecord(key: key, value: [UInt8](repeating: 0x78, count: 10_000_000)),
        ]
        for index in records.indices { records[index].partition = 0 }
        return records
    }

    @Test(arguments: [
        // As `proklama topics create` makes them; as Kafka makes them by default; smaller than a batch of small records.
        ["ledger": "20971520", "dead-letters": "20971520"], ["ledger": "1048588", "dead-letters": "1048588"],
        ["ledger": "30000", "dead-letters": "30000", "claim-replies": "30000", "estate-replies": "30000"],
        // A request that the ledger takes may be one that the dead letters do not.
        ["ledger": "20971520", "dead-letters": "20000"],
    ])
    func whatCannotBeFiledIsDeadLetteredAndTheRestGoesOn(limits: [String: String]) throws {
        let inputs = ["claim-requests": "31457280", "death-notifications": "31457280"]
        let workers = try WorkerCluster(partitions: 1, limits: limits.merging(inputs) { limit, _ in limit })
        let installation = workers.installation
        // A refusal must not wait until the transaction's time is over.
        let worker = try installation.worker(["kafka.transaction.timeout.ms": "60000"])
        // A valid request of 9 MB, too: its text is too long to be filed, whatever the topics take.
        let large = TestRecord.claim(900, text: String(repeating: "x", count: 9_000_000))
        let good = try installation.send((0..<200).map { .claim($0, text: String(repeating: "x", count: 1000)) })
        let bad = try installation.send(poison() + [large])
        // One that can be filed, where the ledger takes it.
        let medium = try installation.send([.claim(901, text: String(repeating: "x", count: 60_000))])
        let isTaken = limits["ledger"] != "30000"
        let later = try installation.send((200..<400).map { .claim($0, text: String(repeating: "x", count: 1000)) })
        let answers = try installation.answers()
        #expect(answers.problems(with: good.union(bad).union(medium).union(later)) == nil)
        for place in bad { #expect(answers.all()[place] == ["malformed"], "\(place)") }
        for place in medium { #expect(answers.all()[place] == [isTaken ? "filed" : "malformed"]) }
        for letter in answers.letters {
            guard let cut = letter.header("proklama.error.truncated") else { continue }
            #expect(letter.value == nil && limits["dead-letters"] != "20971520")
            #expect((Int(String(decoding: cut, as: UTF8.self)) ?? 0) >= 60_000)
        }
        #expect(
            answers.letters.count { ($0.value?.count ?? 0) > 8_000_000 }
                == (limits["dead-letters"] == "20971520" ? 2 : 0))
        let audit = installation.portal.audit()
        #expect(audit.filings == (isTaken ? 401 : 400) && audit.duplicates == 0)
        #expect(worker.stopped() == 0)
    }
}
