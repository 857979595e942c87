import Estates
import Testing

@testable import Engine

/// `filing.adopt`: what somebody has filed before is found, and not filed again.
struct AdoptTests {
    private func story(
        _ records: [PendingRecord], _ change: (inout EngineSettings) -> Void = { _ in }
    ) -> Story {
        var story = Story {
            $0.adoptsFilings = true
            change(&$0)
        }
        story.own()
        for record in records { story.receive(record) }
        return story
    }

    /// The estate is there, and the portal says this of the reference.
    private func found(_ stored: [FiledRecord], _ records: PendingRecord...) -> Story {
        var story = story(records)
        story.findEstates()
        story.commit()
        #expect(story.call == "look-up")
        story.find(stored)
        story.commit()
        return story
    }

    @Test func theSameIsAdoptedWithThePortalsReceipt() throws {
        var story = found([Story.stored("F9", receipt: "K9", version: 1)], Story.request(.submit))
        #expect(story.answers == ["already-filed"])
        #expect(story.call == nil)
        guard case .claimReply(let reply)? = story.outcomes.first else { return }
        #expect(reply.filed?.receipt.id == "K9" && reply.filed?.revision == 1 && reply.attempts == 0)
        // From here on it is as good as ours.
        story.receive(Story.request(.amend, version: 2, offset: 1))
        story.commit()
        #expect(story.call == "amend")
        story.take("F9", receipt: "K10")
        story.commit()
        #expect(story.answers.last == "amended")
        guard case .claimReply(let amended)? = story.outcomes.last else { return }
        #expect(amended.filed?.first?.id == "K9")
    }

    @Test func anEstimateThatWasFiledByHandKeepsItsFinalDeadline() throws {
        var story = story([Story.claim(.submit, preliminary: true)])
        let notice = try #require(CalendarDate("2023-11-01"))
        story.answer(.success(.estates([Estate(id: Story.estate, noticeDate: notice)])))
        story.commit()
        let claim = Claim(principal: Money(oere: 1), preliminary: true)
        story.find([
            FiledRecord(
                id: FilingID("F9"), receipt: Receipt(id: "K9", receivedAt: "then"), isWithdrawn: false,
                contents: FilingContents(body: .claim(claim)))
        ])
        story.commit()
        #expect(story.answers == ["already-filed"])
        guard case .claimReply(let reply)? = story.outcomes.first else { return }
        #expect(reply.filed?.isPreliminary == true)
        #expect(reply.filed?.finalDeadline?.notice == notice)
    }

    @Test func whatIsNotThereIsFiledAfterOneLookUp() {
        var story = found([], Story.request(.submit))
        #expect(story.call == "submit")
        story.take("F1", receipt: "K1")
        story.receive(Story.request(.amend, version: 2, offset: 1))
        story.commit()
        // Known from now on.
        #expect(story.call == "amend")
        #expect(story.answers == ["filed"])
    }

    @Test func otherContentsAreNeverOverwrittenUnasked() {
        let story = found([Story.stored("F9", receipt: "K9", version: 5)], Story.request(.submit))
        #expect(story.answers == ["dead-letter conflicting-reference"])
        #expect(story.call == nil)
    }

    @Test func aLaterRequestThatSaysTheSameIsToldSo() {
        var story = found([Story.stored("F9", receipt: "K9", version: 5)], Story.request(.submit))
        story.receive(Story.request(.submit, version: 5, offset: 1))
        #expect(story.call == "look-up")
        story.find([Story.stored("F9", receipt: "K9", version: 5)])
        story.commit()
        story.receive(Story.request(.submit, version: 5, offset: 2))
        story.commit()
        #expect(story.answers == ["dead-letter conflicting-reference", "already-filed", "already-filed"])
        #expect(story.call == nil)
    }

    @Test func contentsThatCannotBeReadAreOthers() {
        let story = found([Story.stored("F9", receipt: "K9")], Story.request(.submit))
        #expect(story.answers == ["dead-letter conflicting-reference"])
    }

    @Test func anAmendOfWhatWasFiledByHandAmendsIt() {
        let story = found([Story.stored("F9", receipt: "K9", version: 5)], Story.request(.amend, version: 2))
        #expect(story.call == "amend")
    }

    @Test func aWithdrawalOfWhatWasFiledByHandWithdrawsIt() {
        let story = found([Story.stored("F9", receipt: "K9", version: 5)], Story.request(.withdraw))
        #expect(story.call == "withdraw")
    }

    @Test func amendingWhatNobodyHasFiledIsRefusedAfterTheLookUp() {
        let story = found([], Story.request(.amend, version: 2))
        #expect(story.answers == ["dead-letter unknown-filing"])
    }

    @Test func whatWasWithdrawnByHandIsAsAfterAWithdrawal() {
        let withdrawn = [Story.stored("F9", receipt: "K9", isWithdrawn: true, version: 1)]
        #expect(found(withdrawn, Story.request(.amend)).answers == ["dead-letter filing-withdrawn"])
        #expect(found(withdrawn, Story.request(.withdraw)).answers == ["withdrawn"])
        let again = found(withdrawn, Story.request(.submit))
        #expect(again.call == "submit")
    }

    @Test func missingAttachmentsOfWhatWasFiledByHandFollow() {
        var story = found(
            [Story.stored("F9", receipt: "K9", attached: ["a"], version: 1)],
            Story.request(.submit, attachments: ["a", "b"]))
        #expect(story.call == "look-up")
        story.find([Story.stored("F9", receipt: "K9", attached: ["a"], version: 1)])
        story.commit()
        #expect(story.call == "attach b")
    }

    @Test func aWithdrawalDoesNotForgetWhatMayBeFiledByHand() {
        var story = story([Story.request(.submit), Story.request(.withdraw, offset: 1)])
        story.findEstates()
        story.commit()
        story.find([Story.stored("F9", receipt: "K9", version: 1)])
        story.commit()
        #expect(story.answers == ["already-filed"])
        #expect(story.call == "withdraw")
    }

    @Test func withdrawingWhatHasNoEstateYetStillCostsNoCall() {
        var story = story([Story.request(.submit)])
        story.findEstates(0)
        story.commit()
        story.receive(Story.request(.withdraw, offset: 1))
        story.commit()
        #expect(story.answers == ["cancelled", "cancelled"])
        #expect(story.call == nil)
    }

    @Test func aLookUpThatFailsIsMadeAgainAndEndsWithItsHorizon() {
        var story = story([Story.request(.submit)]) { $0.retryHorizon = 5_000 }
        story.findEstates()
        story.commit()
        for _ in 0..<100 where story.answers.isEmpty {
            story.fail(.status(503, code: nil))
            story.commit()
            story.passToNextWake()
            if story.call == "search" { story.findEstates() }
            story.commit()
        }
        #expect(story.answers == ["dead-letter portal-unavailable"])
    }

    @Test func nothingIsInDoubtBeforeTheLookUp() {
        var story = story([Story.request(.submit)])
        story.findEstates()
        story.commit()
        let states = story.ledger.compactMap { write -> FilingEntry.State? in
            if case .filing(let entry) = write { entry.state } else { nil }
        }
        #expect(Set(states) == [.waiting])
    }

    @Test func afterARestartInDoubtWhatIsFoundIsOurs() {
        var story = Story { $0.adoptsFilings = true }
        story.own(Story.ledger(.sending, [Story.request(.submit)], lease: 40_000) { $0.estate = Story.estate })
        story.pass(41_000)
        #expect(story.call == "look-up")
        story.find([Story.stored("F9", receipt: "K9", version: 1)])
        story.commit()
        #expect(story.answers == ["filed"])
    }

    @Test func aShadowFindsWhatWasFiledByHand() {
        var story = story([Story.request(.submit)]) { $0.mode = .shadow }
        story.findEstates()
        story.commit()
        story.find([Story.stored("F9", receipt: "K9", version: 1)])
        story.receive(Story.request(.amend, version: 2, offset: 1))
        story.commit()
        story.answer(.success(.rehearsed))
        story.commit()
        #expect(story.answers == ["already-filed", "would-amend"])
        guard case .claimReply(let reply)? = story.outcomes.last else { return }
        #expect(reply.filed?.filing.text == "F9" && reply.filed?.isRehearsed == true)
        #expect(reply.filed?.first?.id == "K9")
    }

    @Test func withoutTheSettingNothingIsLookedUp() {
        var story = Story()
        story.own()
        story.receive(Story.request(.submit))
        story.findEstates()
        story.commit()
        #expect(story.call == "submit")
    }
}
