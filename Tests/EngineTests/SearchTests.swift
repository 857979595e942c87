import Engine
import Estates
import Testing

struct SearchTests {
    @Test func oneSearchServesEveryoneWhoWaitsForAPerson() {
        var story = Story()
        story.own()
        story.receive(Story.notification())
        for offset in 0..<3 {
            story.receive(Story.request(.submit, offset: Int64(offset), reference: "R-\(offset)"))
        }
        #expect(story.calls.count == 1)
        story.findEstates()
        story.commit()
        #expect(story.answers == ["estate"])
        #expect(story.calls.count == 3)
    }

    @Test func anEstateThatIsNotThereYetIsSoughtAgainAndHoldsNoPlace() {
        var story = Story { $0.maximumInFlight = 1 }
        story.own()
        for offset in 0..<4 {
            story.receive(Story.request(.submit, offset: Int64(offset), reference: "R-\(offset)"))
        }
        #expect(!story.engine.wantsRecords)
        story.findEstates(0)
        #expect(story.engine.wantsRecords)
        story.commit()
        story.passToNextWake()
        #expect(story.now >= story.settings.estateWait.lowerBound * 9 / 10)
        #expect(story.call == "search")
    }

    @Test func anEstateThatNeverAppearsIsGivenUpAtTheHorizon() {
        var story = Story { $0.estateWaitHorizon = 86_400_000 }
        story.own()
        story.receive(Story.request(.submit))
        story.receive(Story.notification())
        while story.outcomes.isEmpty {
            if story.call == nil { story.passToNextWake() } else { story.findEstates(0) }
            story.commit()
        }
        #expect(story.answers == ["dead-letter estate-not-found", "dead-letter estate-not-found"])
        #expect(story.now >= story.settings.estateWaitHorizon)
    }

    @Test func aNotificationKeepsItsScheduleThroughARestore() {
        var story = Story()
        var contents = RestoredPartition()
        let item = Story.notification(offset: 4)
        contents.requests[item.record.source] = item
        let nextAt = Timestamp(milliseconds: story.moment.wall.milliseconds + 60_000)
        contents.notifications = [
            NotificationEntry(offset: 4, acceptedAt: story.moment.wall, attempts: 2, nextAt: nextAt)
        ]
        story.own(contents)
        #expect(story.call == nil)
        story.pass(60_000)
        #expect(story.call == "search")
    }

    @Test func aTimeFarAwayInTheLedgerIsNotBelieved() {
        var story = Story()
        story.own(
            Story.ledger(.waiting, [Story.request(.submit)]) {
                $0.nextAt = Timestamp(milliseconds: story.moment.wall.milliseconds + 1_000_000_000_000)
            })
        #expect((story.engine.nextWake ?? .max) - story.now <= story.settings.estateWait.upperBound * 11 / 10)
    }

    @Test func aPendingRequestThatANewerVersionRejectsIsADeadLetter() {
        var story = Story()
        let old = Story.request(.submit)
        let now = PendingRecord(
            record: old.record, parsed: .rejected(Failure(.malformed, stage: .parse, message: "stricter")))
        story.own(Story.ledger(.sending, [now], lease: 1_000))
        story.commit()
        #expect(story.answers == ["dead-letter malformed"])
        #expect(story.ledger.first == .forgetRequest(old.record.source))
        // It may have been sent by the version that took it in.
        story.receive(Story.request(.submit, version: 2, offset: 1))
        story.findEstates()
        #expect(story.call == "look-up")
    }

    @Test func requestsBehindOneThatThePortalFailedForTooLongAreNotLateByAsMuchEach() {
        var story = Story { $0.retryHorizon = 600_000 }
        story.own()
        for offset in 0..<5 { story.receive(Story.request(.submit, version: 1, offset: Int64(offset))) }
        while story.outcomes.count < 5 {
            if story.call == nil { story.passToNextWake() } else { story.fail(.connectionRefused) }
            story.commit()
        }
        #expect(story.now < 2 * story.settings.retryHorizon)
    }
}
