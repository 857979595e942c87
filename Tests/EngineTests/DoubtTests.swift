import Engine
import Estates
import Testing

struct DoubtTests {
    @Test func answerLostAfterSendIsNotSentAgain() {
        var story = Story.withLostAnswer()
        story.passToNextWake()
        #expect(story.call == "look-up")
        story.find([Story.stored("F9", receipt: "K9")])
        story.commit()
        #expect(story.answers == ["filed"])
        guard case .claimReply(let reply)? = story.outcomes.first else { return }
        #expect(reply.filed?.receipt.id == "K9")
        #expect(reply.attempts == 1)
        #expect(story.call == nil)
    }

    @Test func moreThanOneFilingAtThePortalIsToldAndCounted() {
        var story = Story.withLostAnswer()
        story.passToNextWake()
        story.find([Story.stored("F8", receipt: "K8"), Story.stored("F9", receipt: "K9")])
        #expect(story.engine.statistics.duplicatesSeen == 1)
        #expect(story.commands.contains { if case .report(.duplicateAtPortal(_, 2)) = $0 { true } else { false } })
    }

    @Test func aWithdrawnFilingBesideAnotherIsNoDuplicate() {
        var story = Story.withLostAnswer()
        story.passToNextWake()
        story.find([Story.stored("F8", receipt: "K8", isWithdrawn: true), Story.stored("F9", receipt: "K9")])
        #expect(story.engine.statistics.duplicatesSeen == 0)
    }

    @Test func theLeaseRunsOutBeforeTheLookUp() {
        var story = Story.withLostAnswer()
        story.pass(story.settings.lease - 1)
        #expect(story.call == nil)
        story.pass(story.settings.retryBackoff.lowerBound + 1)
        #expect(story.call == "look-up")
    }

    @Test func aNewOwnerWaitsForTheLeaseOfTheOldOneThoughItsOwnIsShorter() {
        var story = Story {
            $0.lease = 20_000
            $0.callTimeout = 10_000
        }
        story.own(Story.ledger(.sending, [Story.request(.submit)], lease: 90_000) { $0.estate = Story.estate })
        story.receive(Story.request(.submit, offset: 1))
        story.commit()
        let leases = story.ledger.compactMap { write -> Int64? in
            if case .filing(let entry) = write { entry.lease } else { nil }
        }
        #expect(leases == [90_000])
        story.pass(89_999)
        #expect(story.call == nil)
        story.pass(1_002)
        #expect(story.call == "look-up")
    }

    @Test func whatTheLookUpDoesNotFindIsSentAgainAfterANewIntent() {
        var story = Story.withLostAnswer()
        story.passToNextWake()
        story.find([])
        #expect(story.call == nil)
        story.commit()
        #expect(story.call == "submit")
    }

    @Test func aCallEndsBeforeItsLeaseByTheGraceOfThePortal() {
        var story = Story()
        story.own()
        story.receive(Story.request(.submit))
        story.findEstates()
        story.now += 9_000
        story.commit()
        #expect(story.calls.first?.deadline == 1_000 + story.settings.lease - story.settings.portalGrace)
    }

    @Test func anIntentThatCouldNotBeCommittedInTimeIsWrittenAgain() {
        var story = Story()
        story.own()
        story.receive(Story.request(.submit))
        story.findEstates()
        story.now += story.settings.lease
        guard let tick = story.takeTick() else { return }
        story.end(tick, .committed)
        #expect(story.call == nil)
        story.commit()
        #expect(story.call == "submit")
    }

    @Test func givenUpInDoubtIsLookedUpWhenItIsReplayed() {
        var story = Story.withLostAnswer { $0.retryHorizon = 10_000 }
        while story.answers.isEmpty {
            story.passToNextWake()
            if story.call != nil { story.fail(.status(503, code: nil)) }
            story.commit()
        }
        #expect(story.answers == ["dead-letter portal-unavailable"])
        guard case .deadLetter(let letter)? = story.outcomes.first else { return }
        #expect(letter.failure.stage == .settle)
        story.receive(Story.request(.submit, offset: 1))
        #expect(story.call == "search")
        story.findEstates()
        #expect(story.call == "look-up")
        story.find([Story.stored("F9", receipt: "K9")])
        story.commit()
        #expect(story.answers.last == "already-filed")
    }

    @Test func anEstateThatIsNotThereIsWaitedForInDoubtToo() {
        var story = Story()
        story.own(Story.ledger(.sending, [Story.request(.submit)], lease: 40_000))
        story.passToNextWake()
        #expect(story.call == "search")
        story.findEstates(0)
        #expect(story.engine.wantsRecords)
        #expect(story.engine.overview.filings[.uncertainWithoutEstate] == 1)
        story.now += story.settings.retryHorizon
        story.passToNextWake()
        story.findEstates(0)
        story.commit()
        #expect(story.answers.isEmpty)
        story.passToNextWake()
        story.findEstates()
        #expect(story.call == "look-up")
    }

    @Test func anAmbiguousEstateInDoubtIsSaidToBeOne() {
        var story = Story()
        story.own(Story.ledger(.sending, [Story.request(.submit)], lease: 40_000))
        story.passToNextWake()
        story.findEstates(2)
        story.commit()
        #expect(story.answers == ["dead-letter estate-ambiguous"])
    }

    @Test func aConflictAfterALookUpThatFoundNothingEnds() {
        var story = Story.withLostAnswer()
        story.passToNextWake()
        for _ in 0..<2 where story.call == "look-up" {
            story.find([])
            story.commit()
            story.fail(.status(409, code: nil))
            story.commit()
        }
        #expect(story.answers == ["dead-letter conflicting-reference"])
    }

    @Test func anEstateThatIsFoundAndNeverKnownEndsAtTheHorizon() {
        var story = Story { $0.retryHorizon = 600_000 }
        story.own()
        story.receive(Story.request(.submit))
        var rounds = 0
        while story.answers.isEmpty, rounds < 1_000 {
            rounds += 1
            switch story.call {
            case "search": story.findEstates()
            case "submit": story.fail(.status(404, code: nil))
            default: story.passToNextWake()
            }
            story.commit()
        }
        #expect(story.answers == ["dead-letter portal-unavailable"])
    }

    @Test func aWithdrawalInDoubtIsNotDoneBecauseSomebodyElseAmended() {
        var story = Story()
        story.own(Story.ledger(.sending, [Story.request(.withdraw)], filed: Story.filed(), lease: 1_000))
        story.passToNextWake()
        story.find([Story.stored("F1", receipt: "K2")])
        story.commit()
        #expect(story.answers.isEmpty)
        #expect(story.call == "withdraw")
    }

    @Test func anAmendmentInDoubtOfWhatSomebodyElseWithdrewIsRefused() {
        var story = Story()
        story.own(
            Story.ledger(.sending, [Story.request(.amend, version: 2)], filed: Story.filed(), lease: 1_000))
        story.passToNextWake()
        story.find([Story.stored("F1", receipt: "K2", isWithdrawn: true)])
        story.commit()
        #expect(story.answers == ["dead-letter filing-withdrawn"])
    }
}
