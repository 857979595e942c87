import Estates
import Testing

@testable import Engine

/// Following estates: each change is published once, and none is lost.
struct FollowTests {
    private static let interval: Int64 = 60_000
    private static let day: Int64 = 86_400_000

    /// A claim has been filed, and its estate is followed.
    private static func story(
        _ references: [String] = ["R-1"], _ change: (inout EngineSettings) -> Void = { _ in }
    ) -> Story {
        var story = Story {
            var settings = FollowSettings()
            settings.interval = FollowTests.interval
            settings.batchSize = 2
            settings.overlap = 1_000
            $0.following = settings
            // Each has a search of its own.
            $0.searchMemory = 0
            change(&$0)
        }
        story.own()
        for (offset, reference) in references.enumerated() {
            story.receive(Story.request(.submit, offset: Int64(offset), reference: reference))
            story.answer(.success(.estates([estate(offset)])))
            story.commit()
            story.take("F\(offset)", receipt: "K\(offset)")
            story.commit()
        }
        return story
    }

    private static func estate(
        _ number: Int, status: String? = "aaben", treatment: String? = nil, notice: String? = nil,
        isClosed: Bool = false, isInsolvent: Bool = false
    ) -> Estate {
        Estate(
            id: EstateID("E\(number)"), court: Court(code: "1", name: "Aarhus"), status: status, treatment: treatment,
            noticeDate: notice.flatMap { CalendarDate($0) }, isClosed: isClosed, isInsolvent: isInsolvent)
    }

    private static func filing(_ status: String, receipt: String = "K0", isWithdrawn: Bool = false) -> FiledRecord {
        FiledRecord(
            id: FilingID("F0"), receipt: Receipt(id: receipt, receivedAt: "then"), isWithdrawn: isWithdrawn,
            status: status)
    }

    private static let portalTime = Timestamp(milliseconds: 1_700_000_500_000)

    private func beginRound(_ story: inout Story) {
        story.pass(2 * FollowTests.interval)
        #expect(story.call == "changes")
    }

    /// Another owner of the partition, with what the ledger has of following.
    private func successor(of story: Story, _ change: (inout EngineSettings) -> Void = { _ in }) -> Story {
        var contents = RestoredPartition()
        for write in story.ledger {
            switch write {
            case .filing(let entry): contents.add(entry)
            case .estate(let estate): contents.add(estate)
            case .checkpoint(let checkpoint): contents.checkpoint = checkpoint
            case .request, .forgetRequest, .forgetFiling, .notification, .forgetNotification, .forgetEstate,
                .erasure:
                break
            }
        }
        var next = Story {
            $0.following = story.settings.following
            change(&$0)
        }
        next.now = story.now
        next.own(contents)
        return next
    }

    private func news(_ story: Story) -> [String] {
        story.updates.map { "\($0.change.rawValue) \($0.before ?? "-") > \($0.after)" }
    }

    @Test func aChangeIsPublishedOnceThoughItIsSeenAgain() {
        var story = FollowTests.story()
        for _ in 0..<3 {
            beginRound(&story)
            let changed = FollowTests.estate(0, treatment: "insolvent bo", notice: "2026-10-02", isInsolvent: true)
            story.answer(.success(.changedEstates([changed], at: FollowTests.portalTime)))
            #expect(story.call == "look-up")
            story.find([FollowTests.filing("modtaget")])
            story.commit()
        }
        #expect(news(story) == ["notice-published - > 2026-10-02", "treatment-changed - > insolvent bo"])
        #expect(story.updates.allSatisfy { $0.key == [1] && $0.noticeDate == CalendarDate("2026-10-02") })
        // Reckoned from a day on which it was surely not known.
        #expect(story.updates.map { $0.insolventSince?.description } == [nil, "2023-11-12"])
    }

    @Test func whatAnAnswerLeavesOutIsNoNews() {
        var story = FollowTests.story()
        for treatment in ["privat skifte", nil, "privat skifte"] as [String?] {
            beginRound(&story)
            let changed = FollowTests.estate(0, status: nil, treatment: treatment)
            story.answer(.success(.changedEstates([changed], at: nil)))
            story.find([])
            story.commit()
        }
        #expect(news(story) == ["treatment-changed - > privat skifte"])
    }

    @Test func closingAndReopeningAreTold() {
        var story = FollowTests.story()
        for (status, isClosed) in [("afsluttet", true), ("arkiveret", true), ("genoptaget", false)] {
            beginRound(&story)
            let changed = FollowTests.estate(0, status: status, isClosed: isClosed)
            story.answer(.success(.changedEstates([changed], at: nil)))
            story.find([])
            story.commit()
        }
        #expect(
            news(story) == [
                "estate-closed aaben > afsluttet", "status-changed afsluttet > arkiveret",
                "status-changed arkiveret > genoptaget",
            ])
    }

    @Test func aFilingsStatusIsToldWithWhatItWasBefore() {
        var story = FollowTests.story()
        for status in ["modtaget", "anerkendt", "anerkendt", "ukendt ord"] {
            beginRound(&story)
            story.answer(.success(.changedEstates([FollowTests.estate(0)], at: nil)))
            story.find([FollowTests.filing(status)])
            story.commit()
        }
        #expect(
            news(story) == [
                "filing-status-changed modtaget > anerkendt", "filing-status-changed anerkendt > ukendt ord",
            ])
        #expect(story.updates.first?.filing == EstateUpdate.Subject(identity: Story.identity, id: FilingID("F0")))
    }

    @Test func theCheckpointMovesWhenAllEstatesWereAskedAbout() {
        var story = FollowTests.story(["R-1", "R-2", "R-3"])
        let before = story.engine.durableFollowing(of: 0).checkpoint
        beginRound(&story)
        story.answer(.success(.changedEstates([], at: FollowTests.portalTime)))
        story.commit()
        #expect(story.engine.durableFollowing(of: 0).checkpoint == before)
        guard case .changes(let ids, _) = story.calls.first?.call else {
            Issue.record("the third estate is not asked about")
            return
        }
        #expect(ids == [EstateID("E2")])
        story.answer(.success(.changedEstates([], at: Timestamp(milliseconds: 1_800_000_000_000))))
        story.commit()
        // The clock of the first answer counts.
        let since = Timestamp(milliseconds: FollowTests.portalTime.milliseconds - 1_000)
        #expect(story.engine.durableFollowing(of: 0).checkpoint?.since == since)
        guard case .checkpoint(let written) = story.ledger.last else {
            Issue.record("the checkpoint is not the last that is written")
            return
        }
        #expect(written.since == since)
    }

    @Test func whatFailsIsAskedAgainFromTheSameTimeOn() throws {
        var story = FollowTests.story()
        beginRound(&story)
        guard case .changes(_, let since) = story.calls.first?.call else { return }
        story.fail(.timedOut)
        #expect(story.call == nil)
        story.pass(400_000)
        #expect(story.call == "changes")
        guard case .changes(_, let again) = story.calls.first?.call else { return }
        #expect(again == since)
    }

    @Test func whatIsRefusedIsLeftOutAndTheCheckpointStays() {
        var story = FollowTests.story()
        let before = story.engine.durableFollowing(of: 0).checkpoint
        beginRound(&story)
        for _ in 0..<story.settings.oddAnswers {
            story.fail(.status(403, code: nil))
            if story.call == nil { story.pass(400_000) }
        }
        #expect(!story.engine.isGateClosed)
        #expect(story.engine.statistics.events[.followRoundBroken] == 1)
        #expect(story.engine.durableFollowing(of: 0).checkpoint == before)
        #expect(story.commands.contains { if case .report(.followingIncomplete) = $0 { true } else { false } })
    }

    /// Refuses the one question of each round until questions are given up or were refused in that many rounds.
    private func refuse(_ story: inout Story, rounds: Int, pass: Int64) -> Int {
        for round in 1...rounds {
            story.pass(pass)
            for _ in 0..<story.settings.oddAnswers {
                if story.call == nil { story.pass(400_000) }
                story.fail(.status(403, code: nil))
            }
            if story.engine.statistics.events[.followRoundGivenUp] != nil { return round }
        }
        return rounds
    }

    @Test func whatIsRefusedForDaysIsGivenUpAndSaysWhatMayBeMissing() {
        var story = FollowTests.story { $0.retryBackoff = 1...10 }
        let before = story.engine.durableFollowing(of: 0).checkpoint
        // They are a day and some minutes apart, so the eighth begins more than seven days after the first.
        #expect(refuse(&story, rounds: 20, pass: FollowTests.day) == 8)
        #expect(story.engine.statistics.events[.followRoundBroken] == 7)
        #expect(story.engine.statistics.events[.followRoundGivenUp] == 1)
        story.commit()
        let after = story.engine.durableFollowing(of: 0).checkpoint
        let reports = story.commands.compactMap { command -> [Timestamp]? in
            guard case .report(.followingGivenUp(0, let from, let to)) = command else { return nil }
            return [from, to]
        }
        #expect(reports == [[before, after].compactMap { $0?.since }])
        #expect(before != after)
        // The next round is an ordinary one again.
        #expect(refuse(&story, rounds: 1, pass: FollowTests.day) == 1)
        #expect(story.engine.statistics.events[.followRoundBroken] == 8)
    }

    @Test func aRestartBeginsTheDaysAnewUntilQuestionsAreGivenUp() {
        var story = FollowTests.story { $0.retryBackoff = 1...10 }
        #expect(refuse(&story, rounds: 6, pass: FollowTests.day) == 6)
        var next = successor(of: story) { $0.retryBackoff = 1...10 }
        #expect(refuse(&next, rounds: 6, pass: FollowTests.day) == 6)
        #expect(next.engine.statistics.events[.followRoundGivenUp] == nil)
        #expect(next.engine.durableFollowing(of: 0).checkpoint == story.engine.durableFollowing(of: 0).checkpoint)
    }

    @Test func anAbortedTickCarriesTheSameNewsAgain() throws {
        var story = FollowTests.story()
        beginRound(&story)
        story.answer(.success(.changedEstates([FollowTests.estate(0, treatment: "a")], at: nil)))
        story.find([FollowTests.filing("anerkendt")])
        let first = story.takeTick()
        let tick = try #require(first)
        story.end(tick, .aborted)
        let second = story.takeTick()
        let again = try #require(second)
        #expect(again.parts[0].updates == tick.parts[0].updates)
        #expect(Set(again.parts[0].ledger) == Set(tick.parts[0].ledger))
        story.end(again, .committed)
        let rest = story.takeTick()
        #expect(rest == nil)
        #expect(news(story) == ["treatment-changed - > a", "filing-status-changed modtaget > anerkendt"])
    }

    @Test func aNewOwnerKnowsWhatWasTold() {
        var story = FollowTests.story()
        beginRound(&story)
        story.answer(.success(.changedEstates([FollowTests.estate(0, treatment: "a")], at: nil)))
        story.find([FollowTests.filing("anerkendt")])
        story.commit()
        var next = successor(of: story)
        beginRound(&next)
        next.answer(.success(.changedEstates([FollowTests.estate(0, treatment: "a")], at: nil)))
        next.find([FollowTests.filing("anerkendt")])
        next.commit()
        #expect(next.updates.isEmpty)
        beginRound(&next)
        next.answer(.success(.changedEstates([FollowTests.estate(0, treatment: "b")], at: nil)))
        next.find([FollowTests.filing("afvist")])
        next.commit()
        #expect(news(next) == ["treatment-changed a > b", "filing-status-changed anerkendt > afvist"])
    }

    @Test func ourOwnWithdrawalIsNoNewsAndEndsTheFollowing() {
        var story = FollowTests.story()
        story.receive(Story.request(.withdraw, offset: 1))
        story.commit()
        #expect(story.call == "withdraw")
        story.take("F0", receipt: "K1")
        story.commit()
        story.pass(2 * FollowTests.interval)
        story.commit()
        #expect(story.call == nil)
        #expect(story.engine.durableFollowing(of: 0).estates.isEmpty)
        #expect(story.ledger.contains(.forgetEstate(EstateID("E0"))))
        #expect(story.updates.isEmpty)
    }

    @Test func anErasedPersonsEstateIsFollowedNoLonger() {
        var story = FollowTests.story()
        story.receive(Story.erasure(offset: 1))
        story.commit()
        #expect(story.engine.durableFollowing(of: 0).estates.isEmpty)
        #expect(story.ledger.contains(.forgetEstate(EstateID("E0"))))
        story.pass(2 * FollowTests.interval)
        #expect(story.call == nil)
    }

    @Test func aKeyThatWasErasedDoesNotComeBack() {
        var estates = FollowedEstates()
        estates.put(FollowedEstate(id: EstateID("E0"), key: [1]))
        estates.remove(EstateID("E0"))
        estates.put(FollowedEstate(id: EstateID("E0"), key: [2]))
        #expect(estates.row(of: EstateID("E0")).flatMap { estates.estate(at: $0) }?.key == [2])
        #expect(estates.count == 1)
    }

    @Test func aDateThatIsNoneIsNoNews() {
        var story = FollowTests.story()
        for _ in 0..<2 {
            beginRound(&story)
            story.answer(.success(.changedEstates([FollowTests.estate(0, notice: "9999-12-31")], at: nil)))
            story.find([FollowTests.filing("modtaget")])
            story.commit()
        }
        #expect(story.updates.isEmpty)
    }

    @Test func anotherWordForInsolventBeginsNoNewWeeks() {
        var story = FollowTests.story()
        for treatment in ["insolvent bo", "insolvent dødsbo"] {
            beginRound(&story)
            let changed = FollowTests.estate(0, treatment: treatment, isInsolvent: true)
            story.answer(.success(.changedEstates([changed], at: nil)))
            story.find([FollowTests.filing("modtaget")])
            story.commit()
        }
        #expect(story.updates.map { $0.insolventSince != nil } == [true, false])
    }

    @Test func followingThatFailsClosesNoGateAndIsLeftOutAfterAWhile() {
        // All of them within the gate's window.
        var story = FollowTests.story { $0.retryBackoff = 1...10 }
        beginRound(&story)
        var asked = 0
        while story.call == "changes", asked < 100 {
            story.fail(.status(500, code: nil))
            asked += 1
            #expect(!story.engine.isGateClosed)
            for _ in 0..<1_000 where story.call == nil && story.engine.statistics.events[.followRoundBroken] == nil {
                story.passToNextWake()
            }
            if story.engine.statistics.events[.followRoundBroken] != nil { break }
        }
        #expect(asked == FollowRound.failuresAtMost)
        #expect(story.engine.statistics.events[.followRoundBroken] == 1)
    }

    @Test func aWithdrawalBySomebodyElseIsNews() {
        var story = FollowTests.story()
        beginRound(&story)
        story.answer(.success(.changedEstates([FollowTests.estate(0)], at: nil)))
        story.find([FollowTests.filing("slettet", receipt: "K9", isWithdrawn: true)])
        story.commit()
        #expect(news(story) == ["filing-status-changed modtaget > slettet"])
        story.receive(Story.request(.amend, version: 2, offset: 1))
        story.commit()
        #expect(story.answers.last == "dead-letter filing-withdrawn")
    }

    @Test func aFilingThatIsBeingChangedIsAskedAboutWithTheNextRound() {
        var story = FollowTests.story()
        let before = story.engine.durableFollowing(of: 0).checkpoint
        beginRound(&story)
        story.receive(Story.request(.withdraw, offset: 1))
        story.commit()
        // The question was under way; now the withdrawal is too.
        story.answer(.success(.changedEstates([FollowTests.estate(0)], at: nil)))
        #expect(story.call == "withdraw")
        #expect(story.calls.count == 1)
        #expect(story.engine.durableFollowing(of: 0).checkpoint == before)
        #expect(story.engine.statistics.events[.followRoundBroken] == 1)
    }

    @Test func aClosedEstateIsFollowedForAWhile() {
        var story = FollowTests.story()
        beginRound(&story)
        story.answer(.success(.changedEstates([FollowTests.estate(0, status: "afsluttet", isClosed: true)], at: nil)))
        story.find([FollowTests.filing("modtaget")])
        story.commit()
        beginRound(&story)
        story.answer(.success(.changedEstates([], at: nil)))
        story.commit()
        story.pass(91 * 86_400_000)
        story.commit()
        #expect(story.call == nil)
        #expect(story.engine.durableFollowing(of: 0).estates.isEmpty)
    }

    @Test func withoutTheSettingNothingIsFollowed() {
        var story = Story()
        story.own()
        story.receive(Story.request(.submit))
        story.findEstates()
        story.commit()
        story.take("F0", receipt: "K0")
        story.commit()
        story.pass(10 * 3_600_000)
        #expect(story.call == nil)
        #expect(story.engine.durableFollowing(of: 0).estates.isEmpty)
    }
}
