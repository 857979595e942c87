import Driver
import Engine
import Testing

struct GroupTests {
    @Test func aPartitionIsFetchedOnceItsLedgerHasBeenRead() {
        var story = DriverStory()
        story.readsLedgers = false
        story.assign(2)
        #expect(story.news() == ["assign nothing", "restore 2"])
        #expect(story.receive(offset: 10, partition: 2) == .ignore)
        story.readLedgers()
        #expect(story.news() == ["fetch 2 from 10"])
        #expect(story.receive(offset: 10, partition: 2) == .take)
    }

    @Test func aRevocationWaitsForCallsUnderWay() {
        var story = DriverStory()
        story.assign(0, 1)
        story.receive(offset: 10)
        _ = story.news()
        story.revoke(0)
        #expect(story.news().isEmpty)
        story.answerCalls()
        _ = story.takeTick()
        story.end(.committed)
        #expect(story.news() == ["unassign [0]"])
        #expect(story.driver.owned == [1])
    }

    @Test func aRevocationWaitsForTwoSecondsAtMost() {
        var story = DriverStory()
        story.assign(0)
        story.receive(offset: 10)
        _ = story.news()
        story.revoke(0)
        #expect(story.driver.nextWake.map { $0 <= story.now + 2_000 } == true)
        story.pass(1_999)
        #expect(story.news().isEmpty)
        story.pass(1)
        #expect(story.news() == ["unassign [0]", "cancel"])
    }

    @Test func whatWasLostIsGivenUpAtOnce() {
        var story = DriverStory()
        story.assign(0)
        story.receive(offset: 10)
        _ = story.news()
        story.revoke(0, isLost: true)
        #expect(story.news() == ["unassign [0]", "cancel"])
        #expect(story.receive(offset: 11) == .ignore)
    }

    @Test func aLossEndsTheDrainThatItComesUpon() {
        var story = DriverStory()
        story.assign(0, 1)
        story.receive(offset: 10)
        story.revoke(0)
        _ = story.news()
        story.revoke(0, 1, isLost: true)
        #expect(story.news() == ["unassign [0, 1]", "cancel"])
        story.pass(3_000)
        #expect(story.news().isEmpty)
    }

    @Test func whatIsRestoredDuringARevocationIsFetchedAfterIt() {
        var story = DriverStory()
        story.assign(0)
        story.receive(offset: 10)
        story.readsLedgers = false
        story.assign(1)
        story.revoke(0)
        _ = story.news()
        story.readLedgers()
        #expect(story.news().isEmpty)
        story.pass(2_000)
        #expect(story.news() == ["unassign [0]", "fetch 1 from 10", "cancel"])
    }

    @Test func aRestoreOfWhatIsGivenUpIsForgotten() {
        var story = DriverStory()
        story.readsLedgers = false
        story.assign(0)
        story.revoke(0)
        #expect(story.ledgers.isEmpty)
        #expect(story.driver.restoring.isEmpty)
    }

    @Test func aPartitionThatComesBackIsRestoredAnew() {
        var story = DriverStory()
        story.assign(0)
        story.receive(offset: 10)
        story.revoke(0, isLost: true)
        story.positions[.claimRequests] = 12
        _ = story.news()
        story.assign(0)
        #expect(story.news() == ["assign nothing", "restore 0", "fetch 0 from 12"])
        #expect(story.receive(offset: 11) == .reread(next: 12))
    }
}
