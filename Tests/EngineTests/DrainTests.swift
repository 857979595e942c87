import Engine
import Estates
import Testing

struct DrainTests {
    private func states(_ story: Story) -> [FilingEntry.State] {
        story.ledger.compactMap { if case .filing(let entry) = $0 { entry.state } else { nil } }
    }

    private func isDrained(_ story: Story) -> Bool { story.commands.contains(.drained(partition: 0)) }

    @Test func drainWritesUnsentIntentsAsWaiting() {
        var story = Story()
        story.own()
        story.receive(Story.request(.submit))
        story.commit()
        story.engine.drain(0, at: story.moment)
        story.collect()
        #expect(!isDrained(story))
        story.commit()
        #expect(states(story) == [.sending, .waiting])
        #expect(isDrained(story))
    }

    @Test func drainLetsAChangingCallEnd() {
        var story = Story()
        story.own()
        story.receive(Story.request(.submit))
        story.findEstates()
        story.commit()
        story.engine.drain(0, at: story.moment)
        story.commit()
        #expect(!isDrained(story))
        story.take("F1", receipt: "K1")
        #expect(!isDrained(story))
        story.commit()
        #expect(isDrained(story))
        #expect(story.answers == ["filed"])
    }

    @Test func drainDuringALookUpLeavesItToTheNextOwner() {
        var story = Story.withLostAnswer()
        story.passToNextWake()
        story.commit()
        #expect(story.call == "look-up")
        story.engine.drain(0, at: story.moment)
        story.collect()
        #expect(isDrained(story))
        #expect(states(story).last == .uncertain)
    }

    @Test func aPartitionThatIsNotHeldIsDrained() {
        var story = Story()
        story.engine.drain(0, at: story.moment)
        story.collect()
        #expect(isDrained(story))
    }

    @Test func nothingIsTakenInWhileDraining() {
        var story = Story.withLostAnswer()
        story.engine.drain(0, at: story.moment)
        story.receive(Story.request(.submit, offset: 1, reference: "R-2"))
        #expect(story.takeTick() == nil)
    }
}
