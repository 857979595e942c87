import Estates
import Testing

@testable import Engine

struct DeadlineTests {
    @Test func theReplyToAClaimKnowsTheNotice() throws {
        let notice = try #require(CalendarDate("2023-11-01"))
        var story = Story()
        story.own()
        story.receive(Story.request(.submit))
        story.answer(.success(.estates([Estate(id: Story.estate, noticeDate: notice)])))
        story.commit()
        story.take("F1", receipt: "K1")
        story.commit()
        guard case .claimReply(let reply)? = story.outcomes.first else {
            Issue.record("no reply")
            return
        }
        #expect(reply.notice == notice)
    }

    /// Whatever a portal writes there.
    @Test(arguments: ["0001-01-01", "1969-12-31", "2149-06-07", "9999-12-31"])
    func aNoticeOfAnotherAgeIsNone(_ date: String) throws {
        #expect(DeadlineWatch(notice: try #require(CalendarDate(date))) == nil)
    }

    @Test(arguments: ["1970-01-01", "2026-10-29", "2149-06-06"])
    func aNoticeIsKeptInTwoBytes(_ date: String) throws {
        let notice = try #require(CalendarDate(date))
        #expect(DeadlineWatch(notice: notice)?.notice == notice)
        #expect(MemoryLayout<DeadlineWatch>.size <= 4)
    }
}
