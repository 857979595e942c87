import Engine
import Estates
import Testing

/// Orders to erase a person: all of the ledger's, or nothing of it.
struct EraseTests {
    private static let person = PersonKey([1])

    private func filed(_ story: inout Story, _ reference: String, offset: Int64) {
        story.receive(Story.request(.submit, offset: offset, reference: reference))
        if story.call == "search" { story.findEstates() }
        story.commit()
        story.take("F\(offset)", receipt: "K\(offset)")
        story.commit()
    }

    /// A person with two filings, settled and in the ledger.
    private func settled() -> Story {
        var story = Story()
        story.own()
        filed(&story, "R-1", offset: 0)
        filed(&story, "R-2", offset: 1)
        story.ledger = []
        story.outcomes = []
        return story
    }

    private func erasures(_ story: Story) -> [Erasure.Result] {
        story.ledger.compactMap { if case .erasure(let erasure) = $0 { erasure.result } else { nil } }
    }

    @Test func allOfAPersonIsForgottenWithTheAnswerInOneTick() {
        var story = settled()
        story.receive(Story.erasure(offset: 2))
        let tick = story.takeTick()
        #expect(tick?.parts.first?.positions[.claimRequests] == 3)
        if let tick { story.end(tick, .committed) }
        #expect(erasures(story) == [.erased(filings: 2)])
        for reference in ["R-1", "R-2"] { #expect(story.ledger.contains(.forgetFiling(Story.identity(reference)))) }
        #expect(story.ledger.count == 3)
        #expect(story.answers.isEmpty)
        #expect(story.engine.overview.filings[.settled] == 0)
    }

    @Test func othersAreUntouched() {
        var story = settled()
        var other = RestoredPartition()
        var entry = FilingEntry(identity: Story.identity("R-9"), state: .settled, filed: Story.filed())
        entry.filed?.person = PersonKey([2])
        other.add(entry)
        story = Story()
        story.own(other)
        filed(&story, "R-1", offset: 0)
        story.receive(Story.erasure(offset: 1))
        story.commit()
        #expect(erasures(story) == [.erased(filings: 1)])
        #expect(!story.ledger.contains(.forgetFiling(Story.identity("R-9"))))
        #expect(story.engine.overview.filings[.settled] == 1)
    }

    @Test func somebodyOfWhomNothingIsKnownIsErasedOfNothing() {
        var story = Story()
        story.own()
        story.receive(Story.erasure(offset: 0))
        story.commit()
        #expect(erasures(story) == [.erased(filings: 0)])
    }

    @Test func aRequestAfterTheOrderIsANewFilings() {
        var story = settled()
        story.receive(Story.erasure(offset: 2))
        story.receive(Story.request(.submit, offset: 3))
        story.findEstates()
        story.commit()
        #expect(story.call == "submit")
        story.take("F9", receipt: "K9")
        story.commit()
        #expect(story.answers == ["filed"])
    }

    @Test func aRequestBeforeTheOrderIsAnsweredByWhatIsFiled() {
        var story = settled()
        story.receive(Story.request(.submit, offset: 2))
        story.receive(Story.erasure(offset: 3))
        story.commit()
        #expect(story.answers == ["already-filed"])
        #expect(erasures(story) == [.erased(filings: 2)])
    }

    @Test func nothingIsTouchedWhileARequestIsPending() {
        var story = settled()
        story.receive(Story.request(.amend, version: 2, offset: 2))
        story.receive(Story.erasure(offset: 3))
        story.commit()
        #expect(erasures(story) == [.refused(UnfinishedWork(requests: 1))])
        #expect(!story.ledger.contains { if case .forgetFiling = $0 { true } else { false } })
        story.take("F0", receipt: "K2")
        story.commit()
        story.receive(Story.erasure(offset: 4))
        story.commit()
        #expect(erasures(story).last == .erased(filings: 2))
    }

    @Test func nothingIsTouchedWhileANotificationIsPending() {
        var story = settled()
        story.receive(Story.notification(offset: 0))
        story.receive(Story.erasure(offset: 2))
        story.commit()
        #expect(erasures(story) == [.refused(UnfinishedWork(notifications: 1))])
    }

    /// Its dead letter may be replayed, and only the ledger knows that it must be looked up first.
    @Test func whatWasGivenUpInDoubtIsNotForgotten() {
        var story = Story.withLostAnswer { $0.retryHorizon = 1 }
        for _ in 0..<100 where story.outcomes.isEmpty {
            story.passToNextWake()
            if story.call == "look-up" { story.fail(.timedOut) }
            story.commit()
        }
        #expect(story.answers == ["dead-letter portal-unavailable"])
        story.receive(Story.erasure(offset: 1))
        story.commit()
        #expect(erasures(story) == [.refused(UnfinishedWork(inDoubt: 1))])
        guard case .filing(let entry)? = story.ledger.last(where: { if case .filing = $0 { true } else { false } })
        else {
            Issue.record("no entry")
            return
        }
        #expect(entry.givenUpFor == EraseTests.person)
        // A new owner knows it too.
        var contents = RestoredPartition()
        contents.add(entry)
        var later = Story()
        later.own(contents)
        later.receive(Story.erasure(offset: 2))
        later.commit()
        #expect(erasures(later) == [.refused(UnfinishedWork(inDoubt: 1))])
    }

    /// A refused claim leaves its deadline in the ledger, and nothing else that would tell whose it is.
    @Test func theDeadlineOfARefusedClaimIsForgotten() {
        var story = Story()
        story.own()
        story.receive(Story.claim(.submit))
        story.answer(.success(.estates([Estate(id: Story.estate, noticeDate: CalendarDate("2023-10-01"))])))
        story.commit()
        story.fail(.status(422, code: nil))
        story.commit()
        #expect(story.engine.durableState(of: 0)?[Story.identity]?.deadline != nil)
        #expect(story.engine.durableState(of: 0)?[Story.identity]?.givenUpFor == EraseTests.person)
        story.receive(Story.erasure(offset: 1))
        story.commit()
        #expect(erasures(story) == [.erased(filings: 1)])
        #expect(story.ledger.contains(.forgetFiling(Story.identity)))
        #expect(story.engine.durableState(of: 0)?.isEmpty == true)
    }

    @Test func whatIsBeingWrittenIsForgottenAfterIt() {
        var story = Story()
        story.own()
        story.receive(Story.request(.submit))
        story.findEstates()
        story.commit()
        story.take("F0", receipt: "K0")
        guard let writing = story.takeTick() else { return }
        story.receive(Story.erasure(offset: 1))
        story.end(writing, .committed)
        story.commit()
        #expect(erasures(story) == [.erased(filings: 1)])
        #expect(story.ledger.suffix(2).contains(.forgetFiling(Story.identity)))
        #expect(story.engine.overview.filings[.settled] == 0)
    }

    @Test(arguments: [TickEnd.aborted, .committed]) func anAbortedTickIsWrittenAgainWithTheTombstones(_ end: TickEnd) {
        var story = Story()
        story.own()
        story.receive(Story.request(.submit))
        story.findEstates()
        story.commit()
        story.take("F0", receipt: "K0")
        guard let writing = story.takeTick() else { return }
        story.receive(Story.erasure(offset: 1))
        story.end(writing, end)
        if let tick = story.takeTick() { story.end(tick, .aborted) }
        story.commit()
        #expect(erasures(story) == [.erased(filings: 1)])
        #expect(story.ledger.contains(.forgetFiling(Story.identity)))
        #expect(story.answers == ["filed"])
        #expect(story.engine.overview.filings[.settled] == 0)
    }

    /// A filing that no tick has carried leaves without one; what comes next must not take an older tick's commit for its own.
    @Test func whatWasNeverWrittenLeavesNothingBehind() {
        var story = Story()
        story.own()
        story.receive(Story.request(.submit))
        story.receive(Story.request(.withdraw, offset: 1))
        story.receive(Story.erasure(offset: 2))
        guard let tick = story.takeTick() else { return }
        story.receive(Story.request(.amend, offset: 3))
        story.receive(Story.request(.submit, offset: 4))
        while story.call == "search" { story.findEstates() }
        story.end(tick, .committed)
        #expect(story.call == nil)
        #expect(erasures(story) == [.erased(filings: 1)])
        story.commit()
        #expect(story.call == "submit")
        #expect(story.answers == ["cancelled", "cancelled", "dead-letter unknown-filing"])
    }

    @Test func anOrderOfUnknownFateIsTakenInAgain() {
        var story = settled()
        story.receive(Story.erasure(offset: 2))
        if let tick = story.takeTick() { story.end(tick, .unknown) }
        story.restore(Story.ledger(.settled, filed: ofPerson()))
        story.receive(Story.erasure(offset: 2))
        story.commit()
        #expect(erasures(story) == [.erased(filings: 1)])
    }

    private func ofPerson() -> Filed {
        var filed = Story.filed()
        filed.person = EraseTests.person
        return filed
    }
}
