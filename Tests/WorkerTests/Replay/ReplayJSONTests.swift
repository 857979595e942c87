import Estates
import JSON
import Testing

@testable import Worker

/// docs/dead-letters.md promises these fields to programs.
@Suite struct ReplayJSONTests {
    private let run = RunIdentity(id: "mine", note: nil, now: Timestamp(milliseconds: 0))

    private func plan(_ obstacle: ReplayObstacle? = nil) throws -> ReplayPlan {
        let audit: [Int64: AuditEvent] = [2: Letters.event(.replayed, run: "a")]
        return ReplayPlan(
            Letters.book(1...5, audit: audit, obstacle: obstacle), try Letters.filter(), again: false, limit: nil)
    }

    @Test func aPlanTellsItsReasons() throws {
        let text = try plan().json(.replay(ReplayChanges()), isDryRun: true)
        #expect(
            text == #"{"type":"plan","action":"replay","dryRun":true,"planned":4,"doneBefore":1,"refused":0,"#
                + #""reasons":[{"category":"validation","reason":"malformed","planned":4,"doneBefore":1,"refused":0}],"#
                + #""refusals":[]}"#)
    }

    @Test func aPlanTellsWhatIsRefused() throws {
        let root = try JSONDocument.parse(Array(try plan(.failedTooOften).json(.discard, isDryRun: false).utf8))
        #expect(root["action"]?.string == "discard")
        #expect(root["dryRun"]?.boolean == false)
        #expect(root["refusals"]?.elements?.first?["code"]?.string == "failed-too-often")
        #expect(root["refusals"]?.elements?.first?["count"]?.integer == 4)
    }

    @Test func aResultTellsHowItEnded() throws {
        var report = ReplayReport()
        report.begin(done: 2, doneByOthers: 1)
        report.refuse(LetterPlace(partition: 3, offset: 4), "because")
        report.end = .lockLost
        report.lostTo = LockHolder(RunIdentity(id: "theirs", note: nil, now: Timestamp(milliseconds: 0)), until: 0)
        let text = report.json(.replay(ReplayChanges()), try plan(), run)
        #expect(
            text == #"{"type":"result","action":"replay","run":"mine","end":"lock-lost","planned":4,"done":2,"#
                + #""doneByOthers":1,"refused":1,"left":0,"lostTo":"theirs","#
                + #""refusals":[{"partition":3,"offset":4,"reason":"because"}]}"#)
    }

    @Test func aFurtherSessionCountsAnew() {
        var report = ReplayReport()
        report.refuse(LetterPlace(partition: 3, offset: 4), "because")
        report.begin(done: 2, doneByOthers: 0)
        #expect(report.refused == 0)
        #expect(report.refusals.isEmpty)
    }
}
