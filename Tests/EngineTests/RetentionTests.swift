import Engine
import Estates
import Testing

struct RetentionTests {
    private let day: Int64 = 86_400_000

    private func restored(settledAt: Timestamp?) -> RestoredPartition {
        var filed = Story.filed()
        filed.settledAt = settledAt
        return Story.ledger(.settled, filed: filed)
    }

    @Test func aSettledFilingIsForgottenWhenItsLastChangeIsOldEnough() {
        var story = Story { $0.ledgerRetention = 86_400_000 }
        story.own(restored(settledAt: story.moment.wall))
        story.pass(day - 1)
        #expect(story.takeTick() == nil)
        story.pass(story.settings.sweepInterval)
        story.commit()
        #expect(story.ledger == [.forgetFiling(Story.identity)])
        #expect(story.engine.overview.filings[.settled] == 0)
    }

    @Test func oneWithoutATimeCountsFromItsRestore() {
        var story = Story { $0.ledgerRetention = 86_400_000 }
        story.own(restored(settledAt: nil))
        story.pass(day - 1)
        story.pass(day - 1)
        #expect(story.takeTick() == nil)
        story.pass(story.settings.sweepInterval)
        story.commit()
        #expect(story.ledger == [.forgetFiling(Story.identity)])
    }

    @Test func whatIsPendingOrInDoubtIsNeverForgotten() {
        var story = Story { $0.ledgerRetention = 1 }
        var entry = FilingEntry(identity: Story.identity("R-2"), state: .uncertain, doubt: Story.digest(4))
        entry.filed = Story.filed()
        var contents = restored(settledAt: Timestamp(milliseconds: 0))
        contents.add(entry)
        story.own(contents)
        story.receive(Story.request(.amend, version: 2, offset: 7))
        story.commit()
        story.ledger = []
        for _ in 0..<5 { story.pass(story.settings.sweepInterval) }
        story.commit()
        #expect(!story.ledger.contains { if case .forgetFiling = $0 { true } else { false } })
    }

    @Test func aRequestBeforeTheTombstoneIsCommittedIsANewFilings() {
        var story = Story { $0.ledgerRetention = 1 }
        story.own(restored(settledAt: Timestamp(milliseconds: 0)))
        story.pass(story.settings.sweepInterval)
        guard let tick = story.takeTick() else { return }
        story.receive(Story.request(.submit, offset: 7))
        story.end(tick, .aborted)
        #expect(story.call == "search")
        story.findEstates()
        story.commit()
        #expect(story.call == "submit")
        #expect(!story.ledger.contains(.forgetFiling(Story.identity)))
    }

    @Test func aRepeatedSubmitDoesNotMakeAFilingYounger() {
        var story = Story { $0.ledgerRetention = 86_400_000 }
        story.own(restored(settledAt: story.moment.wall))
        story.pass(day / 2)
        story.receive(Story.request(.submit, offset: 7))
        story.commit()
        #expect(story.answers == ["already-filed"])
        story.ledger = []
        story.pass(day / 2 + story.settings.sweepInterval)
        story.commit()
        #expect(story.ledger == [.forgetFiling(Story.identity)])
    }
}
