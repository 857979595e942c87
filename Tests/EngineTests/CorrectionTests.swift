import Engine
import Estates
import Testing

struct CorrectionTests {
    @Test func whatWaitsForSomebodyWhoLivesIsCancelled() {
        var story = Story()
        story.own()
        story.receive(Story.notification(offset: 0))
        for offset in 0..<3 {
            story.receive(Story.request(.submit, offset: Int64(offset), reference: "R-\(offset)"))
        }
        story.findEstates(0)
        story.commit()
        story.receive(Story.notification(offset: 1, isWithdrawn: true))
        story.commit()
        #expect(story.answers == ["cancelled", "cancelled", "cancelled", "estate", "estate"])
        #expect(story.toWithdraw.isEmpty)
        // Nobody is left to search for.
        story.pass(story.settings.estateWaitHorizon)
        #expect(story.call == nil)
        #expect(story.engine.durableState(of: 0)?.values.allSatisfy { $0.requests.isEmpty } == true)
    }

    @Test func whatIsFiledForSomebodyWhoLivesIsNamed() throws {
        var story = Story()
        story.own()
        story.receive(Story.request(.submit))
        story.findEstates()
        story.commit()
        story.take("F7", receipt: "K7")
        story.commit()
        story.receive(Story.notification(offset: 0, isWithdrawn: true))
        story.commit()
        let named = try #require(story.toWithdraw.first)
        #expect(named.identity == Story.identity)
        #expect(named.filed?.filing == FilingID("F7"))
        // And it is still known after a restart, from the ledger.
        var next = Story()
        next.own(Story.ledger(.settled, filed: named.filed))
        next.receive(Story.notification(offset: 1, isWithdrawn: true))
        next.commit()
        #expect(next.toWithdraw.map(\.identity) == [Story.identity])
    }

    @Test func whatIsUnderWayIsNamedAndNotSentAgain() {
        var story = Story()
        story.own()
        story.receive(Story.request(.submit))
        story.findEstates()
        story.commit()
        story.receive(Story.notification(offset: 0, isWithdrawn: true))
        story.commit()
        #expect(story.toWithdraw.map(\.identity) == [Story.identity])
        #expect(story.toWithdraw.first?.filed == nil)
        story.fail(.connectionRefused)
        story.commit()
        #expect(story.answers == ["estate", "cancelled"])
    }

    @Test func aLostAnswerIsLookedUpThoughThePersonLives() {
        var story = Story.withLostAnswer()
        story.receive(Story.notification(offset: 0, isWithdrawn: true))
        story.commit()
        while story.call == nil { story.passToNextWake() }
        #expect(story.call == "look-up")
        story.find([])
        story.commit()
        #expect(story.answers == ["estate", "cancelled"])
        #expect(story.call == nil)
    }

    @Test func aLostAnswerThatDidTakeEffectIsReplied() {
        var story = Story.withLostAnswer()
        story.receive(Story.notification(offset: 0, isWithdrawn: true))
        while story.call == nil { story.passToNextWake() }
        story.find([Story.stored("F1", receipt: "K1")])
        story.commit()
        #expect(story.answers == ["estate", "filed"])
    }

    @Test func theCancellationOutlivesARestart() {
        var story = Story()
        let item = Story.request(.submit)
        story.own(
            Story.ledger(.sending, [item], lease: 1_000) {
                $0.requests = $0.requests.map {
                    QueuedRequest(offset: $0.offset, acceptedAt: $0.acceptedAt, isCancelled: true)
                }
                $0.estate = Story.estate
            })
        while story.call == nil { story.passToNextWake() }
        story.find([])
        story.commit()
        #expect(story.answers == ["cancelled"])
    }

    @Test func aWithdrawalOfAFilingIsNotCancelled() {
        var story = Story()
        story.own(Story.ledger(.settled, filed: Story.filed()))
        story.receive(Story.request(.withdraw))
        story.receive(Story.notification(offset: 0, isWithdrawn: true))
        story.commit()
        #expect(story.call == "withdraw")
        story.take("F1", receipt: "K2")
        story.commit()
        #expect(story.answers == ["estate", "withdrawn"])
    }

    @Test func somebodyElsesFilingsAreNotTouched() {
        var story = Story()
        story.own()
        let item = Story.request(.submit)
        let other = OriginalRecord(
            source: item.record.source, timestamp: 0, key: [9], value: [2], headers: [])
        story.receive(PendingRecord(record: other, parsed: item.parsed))
        story.findEstates(0)
        story.receive(Story.notification(offset: 0, isWithdrawn: true))
        story.commit()
        #expect(story.answers == ["estate"])
        #expect(story.engine.durableState(of: 0)?.count == 1)
    }

    // MARK: Another number

    @Test func whoeverWaitsForAFormerNumberWaitsForTheNewOne() {
        var story = Story()
        story.own()
        story.receive(Story.request(.submit))
        story.findEstates(0)
        story.commit()
        let change = Story.renumbering(offset: 0)
        story.receive(change)
        #expect(story.searched == [Story.newNumber])
        // So does whoever comes later with the former one.
        story.receive(Story.request(.submit, offset: 1, reference: "R-2"))
        #expect(story.calls.count == 1)
        story.findEstates()
        story.commit()
        #expect(story.answers == ["estate"])
        #expect(story.calls.count == 2)
    }

    @Test func aChangedNumberOutlivesARestart() {
        var story = Story()
        var contents = Story.ledger(.waiting, [Story.request(.submit)])
        let change = Story.renumbering(offset: 3)
        contents.requests[change.record.source] = change
        story.own(contents)
        #expect(story.searched == [Story.newNumber])
        story.findEstates()
        story.commit()
        #expect(story.answers == ["estate"])
        #expect(story.call == "submit")
    }

    /// A submission under the former number that stands behind others, and whose turn comes long after the news.
    private func standsBehindOthers() -> Story {
        var story = Story()
        story.own()
        story.receive(Story.request(.submit))
        story.commit()
        story.findEstates()
        #expect(story.call == "submit")
        story.receive(Story.request(.withdraw, offset: 1))
        story.receive(Story.request(.submit, offset: 2))
        story.receive(Story.renumbering(offset: 0))
        story.commit()
        return story
    }

    @Test func aRequestBehindOthersGoesByTheNewNumberWhenItsTurnComes() {
        var story = standsBehindOthers()
        let search = story.calls.removeLast()
        #expect(search.call == .search(Story.newNumber))
        let submit = story.calls
        story.calls = [search]
        story.findEstates()
        story.commit()
        #expect(story.answers == ["estate"])
        // The notification is answered. What it said is not forgotten.
        #expect(story.ledger.contains { if case .notification(let entry) = $0 { entry.isAnswered } else { false } })
        #expect(!story.ledger.contains(.forgetRequest(Story.renumbering(offset: 0).record.source)))
        story.calls = submit
        story.take("F1", receipt: "K1")
        story.commit()
        story.take("F1", receipt: "K2")
        story.commit()
        // The estate that was found a moment before under the new number serves it.
        #expect(story.searched.isEmpty)
        story.take("F2", receipt: "K3")
        story.commit()
        #expect(story.answers == ["estate", "filed", "withdrawn", "filed"])
        // Now nobody needs it any more.
        #expect(story.ledger.contains(.forgetRequest(Story.renumbering(offset: 0).record.source)))
        #expect(story.ledger.contains(.forgetNotification(offset: 0)))
    }

    @Test func whatAnAnsweredNotificationSaidOutlivesARestart() {
        var story = Story()
        var contents = Story.ledger(.waiting, [Story.request(.submit)])
        let change = Story.renumbering(offset: 3)
        contents.requests[change.record.source] = change
        let answered = NotificationEntry(
            offset: 3, acceptedAt: story.moment.wall, attempts: 0, nextAt: story.moment.wall, isAnswered: true)
        contents.notifications = [answered]
        story.own(contents)
        #expect(story.searched == [Story.newNumber])
        story.findEstates()
        story.commit()
        story.take("F1", receipt: "K1")
        story.commit()
        // It is not answered a second time.
        #expect(story.answers == ["filed"])
        #expect(story.ledger.contains(.forgetRequest(change.record.source)))
        #expect(story.ledger.contains(.forgetNotification(offset: 3)))
    }

    @Test func whatNobodyNeedsIsForgottenByTheNextOwner() {
        var story = Story()
        var contents = RestoredPartition()
        let change = Story.renumbering(offset: 3)
        contents.requests[change.record.source] = change
        contents.notifications = [
            NotificationEntry(
                offset: 3, acceptedAt: story.moment.wall, attempts: 0, nextAt: story.moment.wall, isAnswered: true)
        ]
        story.own(contents)
        #expect(story.calls.isEmpty)
        story.commit()
        #expect(story.answers.isEmpty)
        #expect(story.ledger.contains(.forgetRequest(change.record.source)))
    }

    @Test func aNumberThatIsGivenBackIsTheCurrentOneAgain() {
        var story = standsBehindOthers()
        let submit = story.calls.removeFirst()
        story.findEstates()
        story.commit()
        #expect(story.answers == ["estate"])
        let back = DeathNotification(
            id: "back", deceased: Story.deceased, previous: CPRNumber("6101800002"), isWithdrawn: false)
        story.receive(PendingRecord(record: Story.record(.deathNotifications, 1), parsed: .notification(back)))
        #expect(story.searched == [Story.deceased])
        story.findEstates()
        story.calls = [submit]
        story.take("F1", receipt: "K1")
        story.commit()
        story.take("F1", receipt: "K2")
        story.commit()
        // The estate that was found a moment before serves it.
        #expect(story.searched.isEmpty)
    }

    @Test func numbersThatChangeInACircleEnd() {
        var story = Story()
        story.own()
        story.receive(Story.renumbering(offset: 0))
        let back = DeathNotification(
            id: "back", deceased: Story.deceased, previous: CPRNumber("6101800002"), isWithdrawn: false)
        story.receive(PendingRecord(record: Story.record(.deathNotifications, 1), parsed: .notification(back)))
        story.findEstates()
        story.commit()
        #expect(story.answers == ["estate", "estate"])
    }

    // MARK: The same again

    @Test func duplicatesOfANotificationAreEachAnsweredByOneSearch() {
        var story = Story()
        story.own()
        for offset in 0..<5 { story.receive(Story.notification(offset: Int64(offset))) }
        #expect(story.calls.count == 1)
        story.findEstates()
        story.commit()
        #expect(story.answers == ["estate", "estate", "estate", "estate", "estate"])
        #expect(story.call == nil)
    }

    @Test func aNotificationSeeksTheEstateAtOnceForAllWhoWait() {
        var story = Story()
        story.own()
        for offset in 0..<3 {
            story.receive(Story.request(.submit, offset: Int64(offset), reference: "R-\(offset)"))
        }
        story.findEstates(0)
        story.commit()
        #expect(story.call == nil)
        story.receive(Story.notification(offset: 0))
        #expect(story.calls.count == 1)
        story.findEstates()
        story.commit()
        #expect(story.calls.map { if case .submit = $0.call { true } else { false } } == [true, true, true])
    }
}

extension Story {
    static var newNumber: Deceased {
        guard let cpr = CPRNumber("6101800002") else { preconditionFailure("a substitute number is valid") }
        return .cpr(cpr)
    }

    /// Whoever had the number `deceased` has another one now.
    static func renumbering(offset: Int64) -> PendingRecord {
        let notification = DeathNotification(
            id: "n", deceased: newNumber, previous: CPRNumber("6101800001"), isWithdrawn: false)
        return PendingRecord(record: record(.deathNotifications, offset), parsed: .notification(notification))
    }

    /// What the last correction that was answered names.
    var toWithdraw: [FilingToWithdraw] {
        for case .estateReply(let reply) in outcomes.reversed() {
            if reply.notification.isWithdrawn, case .withdrawn(let filings) = reply.outcome { return filings }
        }
        return []
    }

    /// Whom the calls under way search for.
    var searched: [Deceased] {
        calls.compactMap { if case .search(let deceased) = $0.call { deceased } else { nil } }
    }
}
