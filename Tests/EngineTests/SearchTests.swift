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
        #expect(story.now >= story.settings.estateWait.lowerBound)
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

    @Test func aRequestSharesTheSearchOfAMomentBefore() {
        var story = Story()
        story.own()
        story.receive(Story.notification())
        story.findEstates()
        story.pass(story.settings.searchMemory - 1)
        story.receive(Story.request(.submit, offset: 0, reference: "R-1"))
        story.commit()
        #expect(story.call == "submit")
        story.pass(1)
        story.receive(Story.request(.submit, offset: 1, reference: "R-2"))
        #expect(story.calls.count == 2)
        story.take("F1", receipt: "K1")
        #expect(story.call == "search")
    }

    @Test func aRequestWaitsWithTheOthersWhenTheyWereJustSoughtInVain() {
        var story = Story()
        story.own()
        story.receive(Story.request(.submit, offset: 0, reference: "R-1"))
        story.findEstates(0)
        story.pass(story.settings.searchMemory - 1)
        story.receive(Story.request(.submit, offset: 1, reference: "R-2"))
        #expect(story.call == nil)
        story.pass(1)
        story.receive(Story.request(.submit, offset: 2, reference: "R-3"))
        story.findEstates()
        story.commit()
        #expect(story.calls.count == 3)
    }

    @Test func aNotificationSeeksTheEstateAtOnceForAllWhoWait() {
        var story = Story()
        story.own()
        story.receive(Story.request(.submit))
        story.findEstates(0)
        story.receive(Story.notification())
        #expect(story.call == "search")
        story.findEstates()
        story.commit()
        #expect(story.answers == ["estate"])
        #expect(story.call == "submit")
    }

    @Test func anEstateOfAMomentBeforeIsSoughtAnewWhenThePortalDoesNotKnowIt() {
        var story = Story()
        story.own()
        story.receive(Story.request(.submit))
        story.findEstates()
        story.commit()
        story.fail(.status(404, code: nil))
        story.commit()
        story.pass(story.settings.retryBackoff.lowerBound)
        #expect(story.call == "search")
    }

    @Test func theLedgerIsNotToldOfEachSearchInVain() {
        var story = Story { $0.estateWaitHorizon = 60 * 86_400_000 }
        story.own()
        for offset in 0..<3 {
            story.receive(Story.request(.submit, offset: Int64(offset), reference: "R-\(offset)"))
        }
        story.receive(Story.notification())
        let days: Int64 = 30
        var searches = 0
        while story.now < days * 86_400_000 {
            if story.call == nil {
                story.passToNextWake()
            } else {
                story.findEstates(0)
                searches += 1
            }
            story.commit()
        }
        #expect(searches > 5 * Int(days))
        #expect(story.ledger.count < Int(days) + 12)
    }

    @Test func aMillionWhoAreOverdueAreNoHerd() {
        var story = Story()
        story.now = 100 * 86_400_000
        let persons = 2_000
        var contents = RestoredPartition()
        for number in 0..<persons {
            let item = Story.request(of: number, offset: Int64(number))
            contents.requests[item.record.source] = item
            guard case .request(let request) = item.parsed else { continue }
            var entry = FilingEntry(
                identity: request.identity, state: .waiting,
                requests: [
                    QueuedRequest(
                        offset: Int64(number), acceptedAt: Timestamp(milliseconds: 1_700_000_000_000))
                ])
            // The first have been overdue for the longest time.
            entry.nextAt = Timestamp(milliseconds: story.moment.wall.milliseconds - 30_000_000 + Int64(number))
            contents.add(entry)
        }
        story.own(contents)
        #expect(story.calls.count == 0)
        var sought: [Int64] = []
        let begin = story.now
        while sought.count < persons {
            if story.call == nil {
                story.passToNextWake()
            } else {
                sought.append(story.now)
                story.findEstates(0)
            }
        }
        let step = story.settings.overdueStep
        #expect(sought.last.map { $0 - begin <= Int64(persons) * step } == true)
        #expect(zip(sought, sought.dropFirst(5)).allSatisfy { $1 - $0 >= 3 * step })
    }

    @Test func aTimeFarAwayInTheLedgerIsNotBelieved() {
        var story = Story()
        story.own(
            Story.ledger(.waiting, [Story.request(.submit)]) {
                $0.nextAt = Timestamp(milliseconds: story.moment.wall.milliseconds + 1_000_000_000_000)
            })
        #expect((story.engine.nextWake ?? .max) - story.now <= story.settings.estateWait.upperBound)
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
