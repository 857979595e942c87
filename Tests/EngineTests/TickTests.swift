import Engine
import Estates
import Testing

struct TickTests {
    @Test func noChangingCallBeforeItsIntentIsCommitted() {
        var story = Story()
        story.own()
        story.receive(Story.request(.submit))
        story.findEstates()
        #expect(story.call == nil)
        guard let tick = story.takeTick() else { return }
        #expect(story.call == nil)
        story.end(tick, .aborted)
        #expect(story.call == nil)
        story.commit()
        #expect(story.call == "submit")
    }

    @Test func anAbortedTickIsWrittenAgainBeforeWhatCameSince() {
        var story = Story()
        story.own()
        story.receive(Story.request(.withdraw, offset: 0))
        story.receive(Story.request(.submit, offset: 1))
        guard let tick = story.takeTick() else { return }
        story.receive(Story.request(.withdraw, offset: 2, reference: "R-2"))
        story.end(tick, .aborted)
        guard let again = story.takeTick() else { return }
        #expect(again.parts.flatMap(\.outcomes).map(\.record.source.offset) == [0, 2])
        #expect(again.parts.first?.positions == [.claimRequests: 3])
        let requests = again.parts.flatMap(\.ledger).compactMap { write -> Int64? in
            if case .request(let record) = write { record.source.offset } else { nil }
        }
        #expect(requests == [1])
        let filings = again.parts.flatMap(\.ledger).filter {
            if case .filing(let entry) = $0 { entry.identity == Story.identity } else { false }
        }
        #expect(filings.count == 1)
    }

    @Test func aTickOfUnknownFateRestoresItsPartitionsAndCancelsTheirCalls() {
        var story = Story()
        story.own()
        story.receive(Story.request(.submit))
        #expect(story.call == "search")
        guard let tick = story.takeTick() else { return }
        story.commands = []
        story.end(tick, .unknown)
        #expect(story.call == nil)
        #expect(story.commands.contains { if case .restore(0, _) = $0 { true } else { false } })
        story.receive(Story.request(.submit, offset: 1))
        #expect(story.takeTick() == nil)
    }

    @Test func whatBelongsToAnEarlierOwnershipIsIgnored() {
        var story = Story()
        story.own()
        story.receive(Story.request(.submit))
        story.findEstates()
        guard let tick = story.takeTick() else { return }
        story.engine.revoked(0, at: story.moment)
        story.own()
        story.end(tick, .committed)
        #expect(story.call == nil)
    }

    @Test func aSettledRequestLeavesNothingButWhatIsFiled() {
        var story = Story()
        story.own()
        story.receive(Story.request(.submit))
        story.findEstates()
        story.commit()
        story.take("F1", receipt: "K1")
        story.ledger = []
        story.commit()
        #expect(story.ledger.count == 2)
        #expect(story.ledger.first == .forgetRequest(Story.record(.claimRequests, 0).source))
        guard case .filing(let entry)? = story.ledger.last else { return }
        #expect(entry.state == .settled)
        #expect(entry.requests.isEmpty)
        #expect(entry.filed?.receipt.id == "K1")
    }
}
