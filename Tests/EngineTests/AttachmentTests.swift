import Engine
import Estates
import Testing

struct AttachmentTests {
    private static let three = ["a", "b", "c"]

    /// A request with attachments has been filed, and its receipt is in the ledger.
    private static func filed(
        _ names: [String] = three, _ change: (inout EngineSettings) -> Void = { _ in }
    ) -> Story {
        var story = Story(change)
        story.own()
        story.receive(Story.request(.submit, attachments: names))
        story.findEstates()
        story.commit()
        story.take("F1", receipt: "K1")
        return story
    }

    /// The last entry of the filing that was committed.
    private static func entry(_ story: Story) -> FilingEntry? {
        for case .filing(let entry) in story.ledger.reversed() { return entry }
        return nil
    }

    private static func attach(_ story: inout Story) {
        story.answer(.success(.attached))
        story.commit()
    }

    private static func letter(_ story: Story) -> DeadLetter? {
        if case .deadLetter(let letter)? = story.outcomes.last { letter } else { nil }
    }

    @Test func aRequestIsAnsweredAsFiledWhenAllOfItsAttachmentsAreThere() {
        var story = AttachmentTests.filed()
        story.commit()
        for name in AttachmentTests.three {
            #expect(story.call == "attach \(name)")
            #expect(story.answers.isEmpty)
            AttachmentTests.attach(&story)
        }
        #expect(story.answers == ["filed"])
        guard case .claimReply(let reply)? = story.outcomes.first else { return }
        #expect(reply.filed?.receipt.id == "K1")
        #expect(AttachmentTests.entry(story)?.filed?.isIncomplete == false)
    }

    @Test func theReceiptIsInTheLedgerBeforeTheFirstUpload() throws {
        var story = AttachmentTests.filed()
        #expect(story.call == nil)
        story.commit()
        #expect(story.call == "attach a")
        let entry = try #require(AttachmentTests.entry(story))
        #expect(entry.state == .attaching)
        #expect(entry.filed?.receipt.id == "K1")
        #expect(entry.missing == [0, 1, 2])
    }

    @Test func eachUploadHasAnIntentAndALeaseOfItsOwn() throws {
        var story = AttachmentTests.filed()
        story.commit()
        let lease = try #require(AttachmentTests.entry(story)?.lease)
        #expect(lease == story.settings.lease + (1 << 20) / story.settings.uploadRate)
        #expect(story.calls.first.map { $0.deadline <= story.now + lease - story.settings.portalGrace } == true)
        story.answer(.success(.attached))
        #expect(story.call == nil)
        story.commit()
        #expect(AttachmentTests.entry(story)?.missing == [1, 2])
        #expect(story.call == "attach b")
    }

    @Test func afterACrashOnlyTheMissingAttachmentsAreSent() {
        var story = Story()
        var filed = Story.filed()
        filed.isIncomplete = true
        let request = Story.request(.submit, attachments: AttachmentTests.three)
        story.own(
            Story.ledger(.attaching, [request], filed: filed, lease: 90_000) {
                $0.estate = Story.estate
                $0.missing = [1, 2]
            })
        story.pass(89_999)
        #expect(story.call == nil)
        story.passToNextWake()
        #expect(story.call == "look-up")
        // The second one had arrived, and its answer was on its way.
        story.find([Story.stored("F1", receipt: "K1", attached: ["a", "b"])])
        story.commit()
        #expect(story.call == "attach c")
        AttachmentTests.attach(&story)
        #expect(story.answers == ["filed"])
    }

    @Test(arguments: [true, false]) func anUploadWhoseAnswerWasLostIsLookedUpFirst(_ hasArrived: Bool) {
        var story = AttachmentTests.filed(["a", "b"])
        story.commit()
        story.fail(.connectionLost, mayHaveTakenEffect: true)
        story.commit()
        #expect(AttachmentTests.entry(story)?.state == .uncertain)
        story.pass(story.settings.lease)
        #expect(story.call == nil)
        story.passToNextWake()
        #expect(story.call == "look-up")
        story.find([Story.stored("F1", receipt: "K1", attached: hasArrived ? ["a"] : [])])
        story.commit()
        #expect(story.call == (hasArrived ? "attach b" : "attach a"))
    }

    @Test func aRefusedAttachmentIsADeadLetterWithTheReceiptAndAReplayGoesOnWithIt() throws {
        var story = AttachmentTests.filed(["a", "b"])
        story.commit()
        AttachmentTests.attach(&story)
        story.fail(.status(413, code: nil))
        story.commit()
        #expect(story.answers == ["dead-letter attachment-refused"])
        let letter = try #require(AttachmentTests.letter(story))
        #expect(letter.failure.stage == .attach)
        #expect(letter.failure.message.contains("attachments[1]"))
        #expect(letter.filed?.receipt.id == "K1")
        let left = try #require(AttachmentTests.entry(story))
        #expect(left.filed?.receipt.id == "K1")
        #expect(left.filed?.isIncomplete == true)

        story.receive(Story.request(.submit, offset: 1, attachments: ["a", "b"]))
        #expect(story.call == "look-up")
        story.find([Story.stored("F1", receipt: "K1", attached: ["a"])])
        story.commit()
        #expect(story.call == "attach b")
        AttachmentTests.attach(&story)
        #expect(story.answers == ["dead-letter attachment-refused", "filed"])
        guard case .claimReply(let reply)? = story.outcomes.last else { return }
        #expect(reply.filed?.receipt.id == "K1")
        story.receive(Story.request(.submit, offset: 2, attachments: ["a", "b"]))
        story.commit()
        #expect(story.answers.last == "already-filed")
        #expect(story.call == nil)
    }

    @Test func everyTryOfAnUploadHasTheSameKeyAndEachFileItsOwn() {
        var story = AttachmentTests.filed(["a", "b"])
        var keys: [String] = []
        func noteKey() {
            if case .attach(_, _, _, _, _, let key)? = story.calls.first?.call { keys.append(key) }
        }
        story.commit()
        noteKey()
        story.fail(.connectionLost, mayHaveTakenEffect: true)
        story.commit()
        story.passToNextWake()
        story.find([Story.stored("F1", receipt: "K1")])
        story.commit()
        noteKey()
        AttachmentTests.attach(&story)
        noteKey()
        #expect(keys.count == 3)
        #expect(keys[0] == keys[1])
        #expect(keys[0] != keys[2])
    }

    @Test func anAmendSendsOnlyWhatIsNotThere() {
        var story = AttachmentTests.filed(["a"])
        story.commit()
        AttachmentTests.attach(&story)
        story.receive(Story.request(.amend, version: 2, offset: 1, attachments: ["a", "b"]))
        story.commit()
        #expect(story.call == "amend")
        story.take("F1", receipt: "K2")
        story.commit()
        #expect(story.call == "look-up")
        story.find([Story.stored("F1", receipt: "K2", attached: ["a"])])
        story.commit()
        #expect(story.call == "attach b")
        AttachmentTests.attach(&story)
        #expect(story.answers == ["filed", "amended"])
    }

    @Test func aLostFilingThatIsFoundGoesOnWithItsAttachments() {
        var story = Story()
        story.own()
        story.receive(Story.request(.submit, attachments: ["a"]))
        story.findEstates()
        story.commit()
        story.fail(.timedOut, mayHaveTakenEffect: true)
        story.commit()
        story.passToNextWake()
        story.find([Story.stored("F1", receipt: "K1")])
        story.commit()
        #expect(story.call == "attach a")
        AttachmentTests.attach(&story)
        #expect(story.answers == ["filed"])
    }

    @Test(
        arguments: [
            (.mismatch, "attachment-mismatch"), (.unusable, "attachment-unusable"),
        ] as [(AttachmentProblem, String)])
    func aFileThatIsNotWhatItMustBeIsFoundBeforeAnythingIsFiled(_ problem: AttachmentProblem, _ reason: String) throws {
        var story = Story()
        story.own()
        story.receive(Story.request(.submit, attachments: ["a"]))
        story.findEstates()
        story.commit()
        story.fail(.attachment(problem))
        story.commit()
        #expect(story.answers == ["dead-letter \(reason)"])
        let letter = try #require(AttachmentTests.letter(story))
        #expect(letter.failure.stage == .send)
        #expect(letter.filed == nil)
        #expect(!story.engine.isGateClosed)
    }

    @Test func aFileThatCannotBeReadNowIsTriedAgain() {
        var story = AttachmentTests.filed(["a"])
        story.commit()
        story.fail(.attachment(.unavailable))
        story.commit()
        #expect(AttachmentTests.entry(story)?.state == .waiting)
        story.passToNextWake()
        #expect(story.call == "look-up")
        story.find([Story.stored("F1", receipt: "K1")])
        story.commit()
        #expect(story.call == "attach a")
    }

    @Test func anUploadThatKeepsFailingComesToAnEndAndKeepsTheReceipt() throws {
        var story = AttachmentTests.filed(["a"]) { $0.retryHorizon = 10_000 }
        story.commit()
        while story.answers.isEmpty {
            switch story.call {
            case "look-up": story.find([Story.stored("F1", receipt: "K1")])
            case nil: story.passToNextWake()
            default: story.fail(.status(500, code: nil))
            }
            story.commit()
        }
        #expect(story.answers == ["dead-letter portal-unavailable"])
        #expect(try #require(AttachmentTests.letter(story)).filed?.receipt.id == "K1")
    }

    @Test func anUploadWhoseAnswersAreAlwaysLostComesToAnEndToo() throws {
        var story = AttachmentTests.filed(["a"]) { $0.retryHorizon = 200_000 }
        story.commit()
        while story.answers.isEmpty {
            switch story.call {
            case "look-up": story.find([Story.stored("F1", receipt: "K1")])
            case nil: story.passToNextWake()
            default: story.fail(.timedOut, mayHaveTakenEffect: true)
            }
            story.commit()
        }
        #expect(story.answers == ["dead-letter portal-unavailable"])
        #expect(try #require(AttachmentTests.letter(story)).filed?.receipt.id == "K1")
    }

    @Test func aFileOfUnknownSizeGetsMoreTimeWithEachFailure() throws {
        let request = Story.request(.submit, attachments: ["a"])
        guard case .request(let parsed) = request.parsed, let known = parsed.attachments.first else { return }
        let unknown = Attachment(
            name: known.name, mediaType: known.mediaType, digest: known.digest, size: nil, content: known.content)
        let contents = FilingContents(body: .receivable(amount: Money(oere: 1)), attachments: [unknown])
        var story = Story()
        story.own()
        story.receive(
            PendingRecord(
                record: request.record,
                parsed: .request(
                    ClaimRequest(
                        id: "0", action: .submit, identity: Story.identity, deceased: Story.deceased,
                        contents: contents, digest: Story.digest(1)))))
        story.findEstates()
        story.commit()
        story.take("F1", receipt: "K1")
        var leases: [Int64] = []
        for _ in 0..<4 {
            story.commit()
            leases.append(try #require(AttachmentTests.entry(story)?.lease) - story.settings.lease)
            story.fail(.timedOut, mayHaveTakenEffect: true)
            story.commit()
            story.passToNextWake()
            story.find([Story.stored("F1", receipt: "K1")])
        }
        #expect(leases == [4_096, 16_384, 65_536, 81_920])
    }

    @Test func theNextOwnerNeedNotWaitForAnUploadThatWasNotBegun() throws {
        var story = AttachmentTests.filed(["a"])
        story.engine.drain(0, at: story.moment)
        story.collect()
        story.commit()
        let entry = try #require(AttachmentTests.entry(story))
        #expect(entry.state == .waiting)
        #expect(entry.lease == nil)
        #expect(entry.missing == [0])
        var next = Story()
        next.own(
            Story.ledger(.waiting, [Story.request(.submit, attachments: ["a"])], filed: entry.filed) {
                $0.missing = [0]
                $0.estate = Story.estate
            })
        next.passToNextWake()
        #expect(next.call == "look-up")
    }

    @Test func aPartitionIsNotDrainedWhileAnUploadIsUnderWay() {
        var story = AttachmentTests.filed(["a"])
        story.commit()
        story.engine.drain(0, at: story.moment)
        story.collect()
        #expect(!story.commands.contains(.drained(partition: 0)))
        AttachmentTests.attach(&story)
        #expect(story.commands.contains(.drained(partition: 0)))
        #expect(story.answers == ["filed"])
    }

    @Test func aWithdrawalWaitsForTheAttachmentsBeforeIt() {
        var story = AttachmentTests.filed(["a"])
        story.commit()
        story.receive(Story.request(.withdraw, offset: 1))
        story.commit()
        #expect(story.call == "attach a")
        AttachmentTests.attach(&story)
        #expect(story.call == "withdraw")
        story.take("F1", receipt: "K2")
        story.commit()
        #expect(story.answers == ["filed", "withdrawn"])
    }

    @Test func aFilingWhoseAttachmentFailedCanBeAmendedAndWithdrawn() {
        var story = AttachmentTests.filed(["a"])
        story.commit()
        story.fail(.status(422, code: nil))
        story.receive(Story.request(.submit, version: 2, offset: 1))
        story.receive(Story.request(.amend, version: 2, offset: 2))
        story.commit()
        #expect(story.call == "amend")
        story.take("F1", receipt: "K2")
        story.receive(Story.request(.withdraw, offset: 3))
        story.commit()
        story.take("F1", receipt: "K3")
        story.commit()
        #expect(
            story.answers == [
                "dead-letter attachment-refused", "dead-letter conflicting-reference", "amended", "withdrawn",
            ])
    }

    @Test func aFilingThatSomebodyElseWithdrewGetsNoAttachments() throws {
        var story = AttachmentTests.filed(["a"])
        story.commit()
        story.fail(.timedOut, mayHaveTakenEffect: true)
        story.commit()
        story.passToNextWake()
        story.find([Story.stored("F1", receipt: "K7", isWithdrawn: true)])
        story.commit()
        #expect(story.answers == ["dead-letter filing-withdrawn"])
        #expect(AttachmentTests.entry(story)?.filed?.isWithdrawn == true)
    }

    @Test func anAttachmentThatThePortalClaimsToHaveAndDoesNotShowComesToAnEnd() {
        var story = AttachmentTests.filed(["a"])
        story.commit()
        story.fail(.status(409, code: nil))
        #expect(story.call == "look-up")
        story.find([Story.stored("F1", receipt: "K1")])
        story.commit()
        story.fail(.status(409, code: nil))
        story.commit()
        #expect(story.answers == ["dead-letter attachment-refused"])
    }
}
