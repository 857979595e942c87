import Estates
import Testing

@testable import Engine

/// The stories begin on 2023-11-14, 22:13 UTC.
struct DeadlineTests {
    private static let day: Int64 = 86_400_000

    /// Of the notice from which so many days are left, counted to the midnight after the last day.
    private func notice(daysLeft: Int) throws -> CalendarDate {
        try #require(CalendarDate("2023-11-14")).adding(days: daysLeft - 56)
    }

    /// A claim whose estate was found, and which the portal then answers with 503 or refuses.
    private func story(_ notice: CalendarDate, preliminary: Bool = false) -> Story {
        var story = Story()
        story.own()
        story.receive(Story.claim(.submit, preliminary: preliminary))
        story.answer(.success(.estates([Estate(id: Story.estate, noticeDate: notice)])))
        story.commit()
        return story
    }

    private func news(_ story: Story) -> [String] {
        story.commands.compactMap { command in
            guard case .report(.deadlineNear(_, let news, _)) = command else { return nil }
            return "\(news.state.rawValue) \(news.warning.label)"
        }
    }

    /// Days pass, one by one; each call fails. Each state is committed.
    private func pass(days: Int, _ story: inout Story) {
        for _ in 0..<(days * 4) {
            while !story.calls.isEmpty { story.fail(.status(503, code: nil)) }
            story.commit()
            story.pass(DeadlineTests.day / 4)
            story.commit()
            // What is due in the same moment may be looked at only in the next sweep.
            story.pass(60_000)
            story.commit()
        }
    }

    private func ledger(_ story: Story) -> RestoredPartition {
        var contents = RestoredPartition()
        contents.positions = [.claimRequests: 1]
        for write in story.ledger {
            switch write {
            case .filing(let entry): contents.add(entry)
            case .forgetFiling(let identity): contents.forget(identity)
            case .request, .forgetRequest, .notification, .forgetNotification, .erasure, .estate, .forgetEstate,
                .checkpoint:
                break
            }
        }
        return contents
    }

    @Test func theReplyToAClaimKnowsTheNotice() throws {
        let notice = try notice(daysLeft: 20)
        var story = story(notice)
        story.take("F1", receipt: "K1")
        story.commit()
        guard case .claimReply(let reply)? = story.outcomes.first else {
            Issue.record("no reply")
            return
        }
        #expect(reply.notice == notice)
        #expect(reply.filed?.finalDeadline == nil)
        pass(days: 80, &story)
        #expect(news(story).isEmpty)
    }

    @Test func aClaimThatWaitsIsWarnedOfOnceForEachMark() throws {
        var story = Story { $0.retryHorizon = 400 * DeadlineTests.day }
        story.own()
        story.receive(Story.claim(.submit))
        story.answer(.success(.estates([Estate(id: Story.estate, noticeDate: try notice(daysLeft: 20))])))
        story.commit()
        pass(days: 30, &story)
        #expect(news(story) == ["waiting 14d", "waiting 7d", "waiting 1d", "waiting lapsed"])
    }

    @Test func aRefusedClaimIsKeptUntilItsDayHasPassed() throws {
        var story = story(try notice(daysLeft: 10))
        story.fail(.status(422, code: nil))
        story.commit()
        #expect(story.answers == ["dead-letter refused-by-portal"])
        story.pass(60_000)
        story.commit()
        #expect(news(story) == ["dead-lettered 14d"])
        #expect(story.engine.overview.nearDeadlines == [DeadlineNews(.deadLettered, .fourteenDays): 1])
        pass(days: 20, &story)
        #expect(
            news(story) == ["dead-lettered 14d", "dead-lettered 7d", "dead-lettered 1d", "dead-lettered lapsed"])
        #expect(ledger(story).filingCount == 0)
        #expect(story.engine.durableState(of: 0)?.isEmpty == true)
        #expect(story.engine.overview.nearDeadlines.isEmpty)
    }

    @Test func whatIsFiledAfterAllIsNotWarnedOf() throws {
        var story = story(try notice(daysLeft: 10))
        story.fail(.status(422, code: nil))
        story.commit()
        // The estate of a moment before serves the second.
        story.receive(Story.claim(.submit, offset: 1))
        story.commit()
        story.take("F1", receipt: "K1")
        story.commit()
        pass(days: 20, &story)
        #expect(news(story).isEmpty)
        #expect(story.engine.durableState(of: 0)?[Story.identity]?.deadline == nil)
    }

    @Test func whatIsWithdrawnIsNotWarnedOf() throws {
        var story = story(try notice(daysLeft: 10))
        story.fail(.status(422, code: nil))
        story.commit()
        story.receive(Story.claim(.withdraw, offset: 1))
        story.commit()
        #expect(story.answers.last == "dead-letter unknown-filing")
        pass(days: 20, &story)
        #expect(news(story).isEmpty)
        #expect(ledger(story).filingCount == 0)
    }

    @Test func theFinalAmountOfAPreliminaryClaimIsDueEightWeeksLater() throws {
        var story = story(try notice(daysLeft: 20), preliminary: true)
        story.take("F1", receipt: "K1")
        story.commit()
        pass(days: 61, &story)
        #expect(news(story).isEmpty)
        pass(days: 5, &story)
        #expect(news(story) == ["preliminary 14d"])
        story.receive(Story.claim(.amend, version: 2, preliminary: true, offset: 1))
        story.commit()
        story.take("F1", receipt: "K2")
        story.commit()
        pass(days: 5, &story)
        #expect(news(story) == ["preliminary 14d", "preliminary 7d"])
        story.receive(Story.claim(.amend, version: 3, offset: 2))
        story.commit()
        story.take("F1", receipt: "K3")
        story.commit()
        pass(days: 20, &story)
        #expect(news(story) == ["preliminary 14d", "preliminary 7d"])
    }

    @Test func aWarningIsNotRepeatedByTheNextOwner() throws {
        var story = story(try notice(daysLeft: 5), preliminary: true)
        story.take("F1", receipt: "K1")
        story.commit()
        // The estate of a moment before serves the second, with the notice that it was found with.
        story.receive(Story.claim(.submit, offset: 1, reference: "R-2"))
        story.commit()
        story.fail(.status(422, code: nil))
        story.commit()
        pass(days: 51, &story)
        #expect(
            news(story) == ["dead-lettered 7d", "dead-lettered 1d", "dead-lettered lapsed", "preliminary 14d"])
        var next = Story()
        next.now = story.now
        next.own(ledger(story))
        next.commit()
        pass(days: 10, &next)
        #expect(news(next) == ["preliminary 7d", "preliminary 1d"])
    }

    @Test func whatCameTooLateHasLostNothingHere() throws {
        var story = story(try notice(daysLeft: -30))
        story.fail(.status(422, code: nil))
        story.commit()
        pass(days: 3, &story)
        #expect(news(story).isEmpty)
        #expect(ledger(story).filingCount == 0)
    }

    @Test func whatIsFiledInAMomentIsNotWarnedOf() throws {
        var story = Story()
        story.own()
        story.pass(30_000)
        story.receive(Story.claim(.submit))
        story.answer(.success(.estates([Estate(id: Story.estate, noticeDate: try notice(daysLeft: 3))])))
        story.commit()
        story.pass(31_000)
        story.commit()
        #expect(news(story).isEmpty)
    }

    @Test func aPackedClaimKeepsItsDeadline() throws {
        var settled = SettledFilings()
        var watch = try #require(DeadlineWatch(notice: try notice(daysLeft: 3)))
        for warned in [nil] + DeadlineWarning.allCases.map(Optional.some) {
            watch.warned = warned
            var filed = Story.filed()
            filed.isPreliminary = true
            filed.finalDeadline = watch
            settled.insert(Story.identity, filed)
            var found: [DeadlineWatch] = []
            settled.visitFinalDeadlines { _, watch in found.append(watch) }
            #expect(found == [watch])
            #expect(settled.remove(Story.identity) == filed)
        }
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
