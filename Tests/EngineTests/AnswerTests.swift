import Engine
import Estates
import Testing

struct AnswerTests {
    enum Known: String, CaseIterable { case nothing, same, other, withdrawn }

    struct Row: CustomTestStringConvertible {
        let action: FilingAction
        let known: Known
        /// The call that it needs, or its answer.
        let leadsTo: String
        var testDescription: String { "\(action), \(known) is filed" }
    }

    static let rows = [
        Row(action: .submit, known: .nothing, leadsTo: "search"),
        Row(action: .submit, known: .same, leadsTo: "already-filed"),
        Row(action: .submit, known: .other, leadsTo: "dead-letter conflicting-reference"),
        Row(action: .submit, known: .withdrawn, leadsTo: "search"),
        Row(action: .amend, known: .nothing, leadsTo: "dead-letter unknown-filing"),
        Row(action: .amend, known: .same, leadsTo: "already-filed"),
        Row(action: .amend, known: .other, leadsTo: "amend"),
        Row(action: .amend, known: .withdrawn, leadsTo: "dead-letter filing-withdrawn"),
        Row(action: .withdraw, known: .nothing, leadsTo: "dead-letter unknown-filing"),
        Row(action: .withdraw, known: .same, leadsTo: "withdraw"),
        Row(action: .withdraw, known: .other, leadsTo: "withdraw"),
        Row(action: .withdraw, known: .withdrawn, leadsTo: "withdrawn"),
    ]

    @Test(arguments: rows)
    func whatIsFiledDecidesWhatARequestLeadsTo(_ row: Row) {
        var story = Story()
        let filed: Filed? =
            switch row.known {
            case .nothing: nil
            case .same: Story.filed()
            case .other: Story.filed(version: 2)
            case .withdrawn: Story.filed(isWithdrawn: true)
            }
        story.own(filed.map { Story.ledger(.settled, filed: $0) } ?? RestoredPartition())
        story.receive(Story.request(row.action, offset: 5))
        story.commit()
        #expect((story.call ?? story.answers.first) == row.leadsTo)
    }

    @Test func aRequestBehindADeadLetterIsAnsweredByWhatIsFiledThen() {
        var story = Story()
        story.own()
        story.receive(Story.request(.submit, offset: 0))
        story.findEstates()
        story.commit()
        story.receive(Story.request(.amend, version: 2, offset: 1))
        story.receive(Story.request(.submit, version: 3, offset: 2))
        story.fail(.status(422, code: nil))
        story.commit()
        #expect(story.answers == ["dead-letter refused-by-portal", "dead-letter unknown-filing"])
        #expect(story.call == "submit")
    }

    @Test func twentyThousandRequestsOfOneFilingAreAnsweredInNoTime() {
        var story = Story()
        story.own(Story.ledger(.settled))
        for offset in 0..<20_000 { story.receive(Story.request(.submit, offset: Int64(offset))) }
        story.findEstates()
        story.commit()
        story.take("F1", receipt: "K1")
        story.commit()
        #expect(story.answers == ["filed"] + Array(repeating: "already-filed", count: 19_999))
    }

    @Test func aRequestThatCorrectsARefusedOneHasAnotherIdempotencyKey() {
        var story = Story()
        story.own()
        var keys: [String] = []
        for offset in 0..<2 {
            story.receive(Story.request(.submit, version: UInt64(offset + 1), offset: Int64(offset)))
            if story.call == "search" { story.findEstates() }
            story.commit()
            if case .submit(_, _, _, let key)? = story.calls.first?.call { keys.append(key) }
            story.fail(.status(422, code: nil))
            story.commit()
        }
        #expect(Set(keys).count == 2)
    }
}
