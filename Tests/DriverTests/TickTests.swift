import Driver
import Engine
import Testing

struct TickTests {
    @Test func aTickCarriesTheOffsetsOfBothInputs() {
        var story = DriverStory()
        story.assign(3)
        story.receive(offset: 15, partition: 3)
        let commitment = story.takeTick()
        #expect(commitment?.tick != nil)
        let offsets = commitment?.offsets.map { "\($0.place.topic) \($0.place.partition) \($0.offset)" }
        #expect(offsets?.sorted() == ["claimRequests 3 16", "deathNotifications 3 20"])
    }

    @Test func thereIsOneTickAtATimeWithAGapAfterIt() {
        var story = DriverStory()
        story.assign(0)
        #expect(story.wish == .nothing)
        story.receive(offset: 10)
        #expect(story.wish == .now)
        let began = story.now * 1_000_000
        #expect(story.takeTick() != nil)
        story.receive(offset: 11)
        #expect(story.wish == .nothing)
        #expect(story.takeTick() == nil)
        story.now += 3
        story.end(.committed)
        // The interval, from the start; and five milliseconds, from the end.
        #expect(story.wish == .later(began + 20_000_000))
        story.now += 15
        #expect(story.wish == .later(began + 20_000_000))
        story.now += 2
        #expect(story.wish == .now)
        #expect(story.takeTick() != nil)
        story.now += 100
        story.receive(offset: 12)
        story.end(.aborted)
        #expect(story.wish == .later((story.now + 5) * 1_000_000))
    }

    @Test func nothingIsCommittedBeforeTheProducerIsReady() {
        var story = DriverStory()
        story.driver = Driver(
            engine: story.driver.engine, transactionInterval: 20, drainTimeout: 1, at: story.moment)
        story.assign(0)
        story.receive(offset: 10)
        #expect(story.wish == .nothing)
        #expect(story.takeTick() == nil)
        story.driver.producerReady()
        #expect(story.wish == .now)
    }

    @Test func offsetsOfWhatStandsStillAreCommittedEverySixHours() {
        var story = DriverStory()
        story.assign(0)
        story.pass(6 * 3_600_000 - 1)
        #expect(story.wish == .nothing)
        story.pass(1)
        #expect(story.wish == .now)
        let commitment = story.takeTick()
        #expect(commitment?.tick == nil)
        #expect(commitment?.offsets.map(\.offset).sorted() == [10, 20])
        story.end(.committed)
        #expect(story.wish == .nothing)
        story.pass(6 * 3_600_000)
        #expect(story.wish == .now)
    }

    @Test func offsetsAreNotKeptWhileThereIsDoubtAboutThem() {
        var story = DriverStory()
        story.assign(0)
        story.readsLedgers = false
        story.assign(1)
        story.pass(7 * 3_600_000)
        #expect(story.wish == .nothing)
        story.readLedgers()
        #expect(story.wish == .now)
        story.membership = Membership(name: "m2", isMember: true)
        #expect(story.takeTick() == nil)
    }
}
