import Engine
import JSON
import Kafka
import Testing

@testable import Worker

/// The report of a shadow counts what it has answered.
@Suite struct ShadowTallyTests {
    private func reply(_ outcome: String, _ more: String = "", kind: String = "claim", shadow: Bool = true) -> Record {
        let text = """
            {\(shadow ? #""shadow":true,"# : "")"kind":"\(kind)","action":"submit","creditor":{"cvr":"97281536"},\
            "outcome":"\(outcome)"\(more)}
            """
        return record(Array(text.utf8))
    }

    private func record(_ value: [UInt8]?, key: String = "k", _ headers: [Header] = []) -> Record {
        Record(
            topic: "t", partition: 2, offset: 0, timestamp: 0, key: Array(key.utf8), value: value, headers: headers)
    }

    @Test func repliesAreCountedAndPrincipalsSummedUp() throws {
        var tally = ShadowTally()
        tally.addClaimReply(reply("would-file", #","amount":"10.50""#))
        tally.addClaimReply(reply("would-file", #","amount":"0.75""#))
        // A receivable is no claim.
        tally.addClaimReply(reply("would-file", #","amount":"100.00""#, kind: "receivable"))
        tally.addClaimReply(reply("already-filed", #","receipt":{"id":"K1"}"#))
        tally.addClaimReply(reply("already-filed"))
        tally.addClaimReply(reply("would-amend", #","filingId":"F1""#))
        #expect(tally.answers == 6 && tally.adopted == 1 && tally.changesOfOthers == 1)
        let root = try JSONDocument.parse(Array(tally.json.utf8))
        #expect(root["creditors"]?.elements?.first?["principal"]?.string == "11.25")
        #expect(tally.lines.contains { $0.contains("11.25") })
    }

    @Test func whatNoShadowHasWrittenIsNotCountedAmongItsAnswers() {
        var tally = ShadowTally()
        tally.addClaimReply(reply("filed", shadow: false))
        tally.addClaimReply(record(nil))
        tally.addLetter(record([1]))
        #expect(tally.answers == 0 && tally.strangers == 3)
    }

    @Test func envelopesAreOpened() {
        var tally = ShadowTally()
        let envelope = #"{"specversion":"1.0","data":{"shadow":true,"outcome":"estate-found"}}"#
        tally.addEstateReply(record(Array(envelope.utf8)))
        #expect(tally.notifications == ["estate-found": 1])
    }

    @Test func requestsAreUnansweredFromAcceptanceToAnswer() {
        var tally = ShadowTally()
        for offset in 0..<3 { tally.addLedger(record([1], key: "request/claim-requests/\(offset)")) }
        tally.addLedger(record([1], key: "request/death-notifications/7"))
        tally.addLedger(record([1], key: "filing/claim/97281536/-/R-1"))
        tally.addLedger(record(nil, key: "request/claim-requests/1"))
        // What it takes away, compaction may have removed before.
        tally.addLedger(record(nil, key: "request/claim-requests/99"))
        #expect(tally.waiting(.claimRequests) == 2)
        #expect(tally.waiting(.deathNotifications) == 1)
    }

    @Test func deadLettersSayWhatToDo() {
        var tally = ShadowTally()
        tally.addLetter(
            record(
                [1],
                [
                    Header("proklama.mode", text: "shadow"), Header("proklama.error.category", text: "validation"),
                    Header("proklama.error.reason", text: "estate-ambiguous"),
                ]))
        #expect(tally.lines.contains { $0.contains("estate-ambiguous") && $0.contains("1") })
    }
}
