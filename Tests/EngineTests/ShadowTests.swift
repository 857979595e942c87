import Estates
import Testing

@testable import Engine

/// A shadow: what would change something is rehearsed, and all goes on as if it had been done.
struct ShadowTests {
    private func shadow() -> Story {
        var story = Story { $0.mode = .shadow }
        story.own()
        return story
    }

    /// The portal has not been asked, and the engine goes on as if it had taken it.
    private func rehearse(_ story: inout Story) {
        story.answer(.success(.rehearsed))
        story.commit()
    }

    private func submitted(_ attachments: [String] = []) -> Story {
        var story = shadow()
        story.receive(Story.request(.submit, attachments: attachments))
        story.findEstates()
        story.commit()
        #expect(story.call == "submit")
        rehearse(&story)
        return story
    }

    @Test func whatWouldBeFiledIsAnsweredWithoutAReceipt() throws {
        let story = submitted()
        #expect(story.answers == ["would-file"])
        guard case .claimReply(let reply)? = story.outcomes.first else { return }
        let filed = try #require(reply.filed)
        #expect(filed.isRehearsed && filed.estate == Story.estate && filed.revision == 1)
        #expect(filed.receipt.id.isEmpty && filed.filing.text.isEmpty)
    }

    @Test func amendAndWithdrawFollowAsIfItHadBeenFiled() {
        var story = submitted()
        story.receive(Story.request(.submit, offset: 1))
        story.receive(Story.request(.amend, version: 2, offset: 2))
        story.commit()
        rehearse(&story)
        story.receive(Story.request(.withdraw, offset: 3))
        story.commit()
        rehearse(&story)
        story.receive(Story.request(.withdraw, offset: 4))
        story.receive(Story.request(.amend, version: 3, offset: 5))
        story.commit()
        #expect(
            story.answers == [
                "would-file", "already-filed", "would-amend", "would-withdraw", "would-withdraw",
                "dead-letter filing-withdrawn",
            ])
        #expect(story.call == nil)
    }

    @Test func attachmentsAreAsGoodAsThere() {
        var story = submitted(["a", "b"])
        #expect(story.answers == ["would-file"])
        #expect(story.call == nil)
        story.receive(Story.request(.submit, offset: 1, attachments: ["a", "b"]))
        story.commit()
        #expect(story.answers.last == "already-filed")
    }

    @Test(arguments: [FilingEntry.State.sending, .uncertain])
    func afterARestartNothingIsInDoubt(_ state: FilingEntry.State) {
        var story = Story { $0.mode = .shadow }
        story.own(Story.ledger(state, [Story.request(.submit)], lease: 40_000) { $0.estate = Story.estate })
        // No lease is waited for, and nothing is looked up.
        #expect(story.call == "search")
        story.findEstates()
        story.commit()
        #expect(story.call == "submit")
        rehearse(&story)
        #expect(story.answers == ["would-file"])
    }

    @Test func whatWasRehearsedIsRememberedThroughTheLedger() {
        var story = submitted()
        let entries = story.ledger.compactMap { write -> FilingEntry? in
            if case .filing(let entry) = write { entry } else { nil }
        }
        var contents = RestoredPartition()
        if let last = entries.last { contents.add(last) }
        contents.positions = [.claimRequests: 1]
        story = Story { $0.mode = .shadow }
        story.own(contents)
        story.receive(Story.request(.amend, version: 2, offset: 1))
        story.commit()
        #expect(story.call == "amend")
        rehearse(&story)
        #expect(story.answers == ["would-amend"])
    }
}
