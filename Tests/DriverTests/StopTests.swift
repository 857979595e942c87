import Driver
import Engine
import Testing

struct StopTests {
    @Test func whatIsUnderWayIsFinishedBeforeTheEnd() {
        var story = DriverStory()
        story.assign(0)
        story.receive(offset: 10)
        _ = story.news()
        story.stop()
        #expect(story.news() == ["pause [0]"])
        #expect(story.isOver() == false)
        story.answerCalls()
        #expect(story.isOver() == false)
        #expect(story.takeTick() != nil)
        #expect(story.isOver() == false)
        #expect(story.news().isEmpty)
        story.end(.committed)
        #expect(story.isOver() == false)
        #expect(story.news() == ["close"])
        // The library asks once more, and is answered at once.
        story.revoke(0)
        #expect(story.news() == ["unassign [0]"])
        #expect(story.isOver(isClosed: true) == true)
    }

    @Test func theEndDoesNotWaitLongerThanItIsTold() {
        var story = DriverStory()
        story.assign(0)
        story.receive(offset: 10)
        story.stop()
        story.pass(9_999)
        #expect(story.isOver() == false)
        #expect(story.driver.stage == .draining)
        story.pass(1)
        #expect(story.isOver() == false)
        #expect(story.driver.stage == .closing)
        story.pass(7_999)
        #expect(story.isOver() == false)
        story.pass(1)
        #expect(story.isOver() == true)
    }

    @Test func otherWorkIsFinishedBeforeTheEndAsWell() {
        var story = DriverStory()
        story.assign(0)
        story.driver.hasOtherWork = true
        story.stop()
        story.pass(9_000)
        #expect(story.isOver() == false)
        #expect(story.driver.stage == .draining)
        story.driver.hasOtherWork = false
        #expect(story.isOver() == false)
        #expect(story.driver.stage == .closing)
    }

    @Test func asASecondSignalSays() {
        var story = DriverStory()
        story.assign(0)
        story.receive(offset: 10)
        story.stop()
        story.driver.hurry(at: story.moment)
        #expect(story.isOver() == false)
        #expect(story.news().last == "close")
    }

    @Test func whatIsLostWhileItEndsIsNotWaitedFor() {
        var story = DriverStory()
        story.assign(0)
        story.receive(offset: 10)
        story.stop()
        story.revoke(0, isLost: true)
        #expect(story.isOver() == false)
        #expect(story.driver.stage == .closing)
    }

    @Test func nothingNewIsTakenWhileItEnds() {
        var story = DriverStory()
        story.assign(0)
        story.receive(offset: 10)
        story.stop()
        _ = story.news()
        story.assign(1)
        #expect(story.news() == ["assign nothing"])
        #expect(story.driver.owned == [0])
        // Nor are the partitions resumed, though the window has room.
        story.pass(1_000)
        #expect(story.news().isEmpty)
    }

    @Test func whatCannotBeTrustedIsLeftAsItIs() {
        var story = DriverStory()
        story.assign(0)
        story.receive(offset: 10)
        _ = story.news()
        #expect(story.driver.giveUp(at: story.moment) == true)
        story.carryOut()
        #expect(story.news() == ["cancel"])
        #expect(story.wish == .nothing)
        #expect(story.isOver() == false)
        #expect(story.driver.stage == .closing)
        #expect(story.driver.giveUp(at: story.moment) == false)
    }
}
