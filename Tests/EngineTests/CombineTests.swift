import Engine
import Estates
import Testing

struct CombineTests {
    private func waiting(_ phase: String, _ change: (inout EngineSettings) -> Void = { _ in }) -> Story {
        var story = Story(change)
        story.own()
        story.receive(Story.request(.submit))
        switch phase {
        case "seeking": story.commit()
        case "ready": story.findEstates()
        case "waiting for the estate":
            story.findEstates(0)
            story.commit()
        case "waiting for a search":
            story.fail(.connectionRefused)
            story.commit()
        default:
            story.findEstates()
            story.commit()
            story.fail(.connectionRefused)
            story.commit()
        }
        return story
    }

    private func finish(_ story: inout Story, until count: Int) -> [PortalCall] {
        var changes: [PortalCall] = []
        for _ in 0..<50 where story.outcomes.count < count {
            story.commit()
            if let call = story.calls.first?.call, call.changesSomething { changes.append(call) }
            switch story.call {
            case nil: story.passToNextWake()
            case "search": story.findEstates()
            default: story.take("F1", receipt: "K1")
            }
            story.commit()
        }
        return changes
    }

    @Test(arguments: ["seeking", "ready", "waiting for the estate", "waiting for a search", "waiting to send"])
    func amendingWhatWaitsCostsNoCall(_ phase: String) {
        var story = waiting(phase)
        story.receive(Story.request(.amend, version: 2, offset: 1))
        story.receive(Story.request(.submit, version: 2, offset: 2))
        story.receive(Story.request(.amend, version: 3, offset: 3))
        let changes = finish(&story, until: 4)
        #expect(story.answers == ["filed", "amended", "already-filed", "amended"])
        guard case .submit(_, _, let contents, _)? = changes.first else { return }
        #expect(contents.body == .receivable(amount: Money(oere: 3)))
        #expect(changes.count == 1)
    }

    @Test(arguments: ["seeking", "ready", "waiting for the estate", "waiting for a search", "waiting to send"])
    func withdrawingWhatWaitsCostsNoCall(_ phase: String) {
        var story = waiting(phase)
        story.receive(Story.request(.amend, version: 2, offset: 1))
        story.receive(Story.request(.withdraw, offset: 2))
        story.commit()
        #expect(story.answers == ["cancelled", "cancelled", "cancelled"])
        for _ in 0..<5 {
            story.passToNextWake()
            story.commit()
            if story.call == "search" { story.findEstates() }
        }
        #expect(
            !story.commands.contains { if case .call(_, let call, _) = $0 { call.changesSomething } else { false } }
                || phase == "waiting to send")
        #expect(story.call == nil)
    }

    @Test func aCallThatWaitsForItsPlaceIsNotMadeBeforeTheNewIntentIsCommitted() {
        var story = waiting("ready")
        guard let tick = story.takeTick() else { return }
        story.receive(Story.request(.amend, version: 2, offset: 1))
        story.end(tick, .committed)
        #expect(story.call == nil)
        story.commit()
        #expect(story.call == "submit")
    }

    @Test func whatHasJoinedFailsForTheSameReason() {
        var story = waiting("waiting for the estate")
        story.receive(Story.request(.amend, version: 2, offset: 1))
        story.passToNextWake()
        story.findEstates(2)
        story.commit()
        #expect(story.answers == ["dead-letter estate-ambiguous", "dead-letter estate-ambiguous"])
    }

    @Test func whatJoinedIsKnownToTheNextOwner() {
        var story = Story()
        let pending = [Story.request(.submit), Story.request(.amend, version: 2, offset: 1)]
        story.own(
            Story.ledger(.sending, pending, lease: 1_000) {
                $0.joined = 1
                $0.estate = Story.estate
            })
        story.passToNextWake()
        story.find([Story.stored("F9", receipt: "K9")])
        story.commit()
        #expect(story.answers == ["filed", "amended"])
        #expect(story.call == nil)
    }

    /// Bytes that left long ago may still arrive: beside them nothing else may be filed, and they must not be denied.
    @Test func whatWasEverInDoubtIsSentAgainAsItWas() {
        var story = Story.withLostAnswer()
        story.passToNextWake()
        story.find([])
        story.commit()
        guard case .submit(_, _, _, let first)? = story.commands.compactMap(Story.change).first else { return }
        story.fail(.status(503, code: nil))
        story.commit()
        story.receive(Story.request(.withdraw, offset: 1))
        story.commit()
        #expect(story.answers.isEmpty)
        story.passToNextWake()
        story.commit()
        guard case .submit(_, _, _, let again)? = story.calls.first?.call else { return }
        #expect(first == again)
        story.take("F1", receipt: "K1")
        story.commit()
        #expect(story.call == "withdraw")
    }

    @Test func thatItWasInDoubtIsKnownToTheNextOwner() {
        var story = Story()
        story.own(Story.ledger(.waiting, [Story.request(.submit)]) { $0.wasEverInDoubt = true })
        story.receive(Story.request(.withdraw, offset: 1))
        story.commit()
        #expect(story.answers.isEmpty)
    }

    @Test func anAmendmentThatNamesAnotherPersonIsFiledInTheirEstate() {
        guard let cpr = CPRNumber("6101800002") else { return }
        var story = waiting("waiting for the estate")
        let amend = ClaimRequest(
            id: "1", action: .amend, identity: Story.identity, deceased: .cpr(cpr),
            contents: FilingContents(body: .receivable(amount: Money(oere: 2))), digest: Story.digest(2))
        story.receive(PendingRecord(record: Story.record(.claimRequests, 1), parsed: .request(amend)))
        #expect(story.calls.map(\.call) == [.search(.cpr(cpr))])
        story.answer(.success(.estates([Estate(id: EstateID("E7"))])))
        story.commit()
        guard case .submit(EstateID("E7"), _, _, _)? = story.calls.first?.call else {
            Issue.record("it is filed elsewhere")
            return
        }
        // Nobody waits for the first person's estate any more.
        #expect(story.engine.overview.persons == 0)
    }

    @Test func aWithdrawalCancelsAnAmendmentThatWaitsAndIsSent() {
        var story = Story()
        story.own(Story.ledger(.settled, filed: Story.filed()))
        story.receive(Story.request(.amend, version: 2, offset: 1))
        story.receive(Story.request(.withdraw, offset: 2))
        story.commit()
        #expect(story.answers == ["cancelled"])
        #expect(story.call == "withdraw")
    }

    @Test func theFirstReceiptIsKeptThroughAllChanges() {
        var story = Story()
        story.own(Story.ledger(.settled, filed: Story.filed()))
        for offset in 1...2 {
            story.receive(Story.request(.amend, version: UInt64(offset + 1), offset: Int64(offset)))
            story.commit()
            story.take("F1", receipt: "K\(offset + 1)")
            story.commit()
        }
        let filed = story.outcomes.compactMap { if case .claimReply(let reply) = $0 { reply.filed } else { nil } }
        #expect(filed.map(\.receipt.id) == ["K2", "K3"])
        #expect(filed.map(\.first?.id) == ["K1", "K1"])
        #expect(filed.map(\.revision) == [2, 3])
    }
}

extension Story {
    fileprivate static func change(_ command: Command) -> PortalCall? {
        if case .call(_, let call, _) = command, call.changesSomething { call } else { nil }
    }
}
