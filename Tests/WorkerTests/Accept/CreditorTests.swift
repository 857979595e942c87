import Engine
import Estates
import Testing

@testable import Worker

@Suite struct CreditorTests {
    private func creditor(_ cvr: String, for other: String? = nil) throws -> Creditor {
        Creditor(cvr: try #require(CVRNumber(cvr)), onBehalfOf: try other.map { try #require(CVRNumber($0)) })
    }

    @Test(arguments: [
        ("97281536", true, true, true), ("97281536/-", true, false, false), ("97281536/10150817", false, true, false),
        ("97281536/-,97281536/10150817", true, true, false), ("11111111", false, false, false),
    ])
    func eachEntryAllowsWhatItSays(_ list: String, _ itself: Bool, _ named: Bool, _ another: Bool) throws {
        let allowed = try #require(AllowedCreditors(list.split(separator: ",").map(String.init)))
        #expect(allowed.allows(try creditor("97281536")) == itself)
        #expect(allowed.allows(try creditor("97281536", for: "10150817")) == named)
        #expect(allowed.allows(try creditor("97281536", for: "55133018")) == another)
    }

    @Test(arguments: ["9728153", "97281536/", "97281536/x", "97281536/97281536", "97281536/10150817/-", "-", ""])
    func whatIsNoEntryIsRefused(_ entry: String) {
        #expect(AllowedCreditors([entry]) == nil)
    }

    @Test func aCreditorThatIsNotAllowedIsRefusedWhenItComesInAndNotOutOfTheLedger() throws {
        let record = OriginalRecord(
            source: Source(topic: .claimRequests, partition: 0, offset: 0), timestamp: 0, key: [1],
            value: Array(RecordParserTests.request().utf8), headers: [])
        let parser = RecordParser(isProduction: false)
        let allowed = try #require(AllowedCreditors(["10150817"]))
        guard case .rejected(let failure) = parser.admit(record, allowed) else {
            Issue.record("it was let in")
            return
        }
        #expect(failure.reason == .creditorNotAllowed)
        #expect(failure.message == "creditor.cvr: is not in creditors.allowed")
        guard case .request = parser.parse(record) else {
            Issue.record("what was accepted was refused afterwards")
            return
        }
        guard case .request = parser.admit(record, nil) else {
            Issue.record("without a list, somebody was refused")
            return
        }
    }

    @Test func nobodyFilesOnTheirOwnBehalf() {
        let parsed = RecordParserTests.parse(
            RecordParserTests.request(["creditor": #"{"cvr":"97281536","onBehalfOf":"97281536"}"#]))
        guard case .rejected(let failure) = parsed else {
            Issue.record("it was let in")
            return
        }
        #expect(failure.message == "creditor.onBehalfOf: is the creditor itself; leave it out")
    }
}
