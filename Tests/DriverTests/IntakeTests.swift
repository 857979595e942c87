import Driver
import Engine
import Testing

struct IntakeTests {
    @Test func aRecordThatComesAgainIsTakenInOnceAndToldOnce() {
        var story = DriverStory()
        story.assign(0)
        #expect(story.receive(offsets: 10, 12, 13) == [.take, .take, .take])
        #expect(story.receive(offsets: 10, 12, 13) == [.reread(next: 14), .ignore, .ignore])
        #expect(story.receive(offsets: 14, 14) == [.take, .reread(next: 15)])
        #expect(story.records == 4)
    }

    @Test func aRecordFromBeforeARestoreIsNotTakenInAgain() {
        var story = DriverStory()
        story.assign(0)
        story.receive(offset: 10)
        _ = story.takeTick()
        story.readsLedgers = false
        _ = story.news()
        story.end(.unknown)
        #expect(story.news().contains("pause [0]"))
        // It was on its way already.
        #expect(story.receive(offset: 11) == .ignore)
        story.readLedgers()
        #expect(story.news() == ["seek 0 from 10"])
        #expect(story.receive(offset: 10) == .take)
    }

    @Test func anIntakeThatFailedStandsStillAndIsTriedAgain() {
        var story = DriverStory()
        story.refusesIntakes = true
        story.assign(0)
        #expect(story.news() == ["assign nothing", "restore 0", "fetch 0 from 10"])
        #expect(story.driver.fetched.isEmpty)
        #expect(story.receive(offset: 10) == .ignore)
        story.refusesIntakes = false
        story.pass(499)
        #expect(story.news().isEmpty)
        #expect(story.driver.nextWake.map { $0 <= story.now + 1 } == true)
        story.pass(1)
        #expect(story.news() == ["fetch 0 from 10"])
        story.pass(1_000)
        #expect(story.news().isEmpty)
    }

    @Test func aSeekThatFailedIsTriedAgainAsASeek() {
        var story = DriverStory()
        story.assign(0)
        story.receive(offset: 10)
        _ = story.takeTick()
        story.refusesIntakes = true
        _ = story.news()
        story.end(.unknown)
        story.refusesIntakes = false
        #expect(Array(story.news().suffix(2)) == ["seek 0 from 10", "pause [0]"])
        story.pass(500)
        #expect(story.news() == ["seek 0 from 10"])
    }

    @Test func anIntakeThatFailedIsForgottenWithItsPartition() {
        var story = DriverStory()
        story.refusesIntakes = true
        story.assign(0)
        story.revoke(0, isLost: true)
        story.refusesIntakes = false
        _ = story.news()
        story.pass(1_000)
        #expect(story.news().isEmpty)
    }

    @Test func aWindowThatStaysFullPausesAndResumesWhatDoesNotStand() {
        var story = DriverStory { $0.maximumInFlight = 1 }
        story.assign(0, 1)
        for offset in Int64(10)...13 { story.receive(offset: offset) }
        #expect(!story.driver.mayTakeEvents)
        _ = story.news()
        story.pass(0)
        story.pass(200)
        #expect(story.news().isEmpty)
        story.pass(1)
        #expect(story.news() == ["pause [0, 1]"])
        #expect(story.driver.mayTakeEvents)
        // A partition that comes now is paused from the start.
        story.assign(2)
        #expect(story.news() == ["assign nothing", "restore 2", "fetch 2 from 10, paused"])
        story.readsLedgers = false
        _ = story.takeTick()
        story.end(.unknown)
        #expect(story.news().suffix(3) == ["pause [0]", "restore 0", "resume [1, 2]"])
    }

    @Test func momentaryFullnessPausesNothing() {
        var story = DriverStory { $0.maximumInFlight = 1 }
        story.assign(0, 1)
        for offset in Int64(10)...13 { story.receive(offset: offset) }
        #expect(!story.driver.mayTakeEvents)
        story.pass(150)
        story.revoke(0, isLost: true)
        story.pass(150)
        #expect(!story.news().contains { $0.hasPrefix("pause") })
    }
}
