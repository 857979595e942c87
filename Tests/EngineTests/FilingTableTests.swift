import Engine
import Estates
import Testing

/// The table of docs/filings.md, walked: each cell says what becomes of a request, and which calls are made for the filing
/// from then on.
struct FilingTableTests {
    struct Row: CustomTestStringConvertible {
        let name: String
        /// What comes after a submission of version 1: the last is the one that the cell is about.
        let requests: [(action: FilingAction, version: UInt64)]
        var testDescription: String { name }
    }

    /// What has become of the submission when the others come.
    enum State: String, CaseIterable {
        case waiting
        case sending
        case uncertainFound = "uncertain, then found"
        case uncertainMissing = "uncertain, then not found"
        case settled
        case refused
        case forgotten
    }

    static let rows = [
        Row(name: "submit, same contents", requests: [(.submit, 1)]),
        Row(name: "submit, other contents", requests: [(.submit, 2)]),
        Row(name: "amend, same contents", requests: [(.amend, 1)]),
        Row(name: "amend, other contents", requests: [(.amend, 2)]),
        Row(name: "a second amend", requests: [(.amend, 2), (.amend, 3)]),
        Row(name: "withdraw", requests: [(.withdraw, 0)]),
        Row(name: "withdraw after an amend", requests: [(.amend, 2), (.withdraw, 0)]),
        Row(name: "withdraw a second time", requests: [(.withdraw, 0), (.withdraw, 0)]),
        Row(name: "amend after a withdrawal", requests: [(.withdraw, 0), (.amend, 2)]),
        Row(name: "submit after a withdrawal", requests: [(.withdraw, 0), (.submit, 1)]),
    ]

    @Test(arguments: FilingKind.allCases) func theDocumentationSaysWhatIsDone(_ kind: FilingKind) throws {
        let table = try FilingTableTests.documented()
        #expect(table.count == FilingTableTests.rows.count)
        for row in FilingTableTests.rows {
            for state in State.allCases {
                var run = TableRun(kind: kind)
                let done = run.cell(row, state)
                #expect(table[row.name]?[state.rawValue] == done, "\(row.name), \(state.rawValue)")
            }
        }
    }

    /// Nobody has heard of the filing: just as if it had been forgotten.
    @Test(arguments: rows) func anUnknownFilingIsLikeAForgottenOne(_ row: Row) {
        var forgotten = TableRun(kind: .claim)
        var unknown = TableRun(kind: .claim)
        #expect(unknown.cellOfUnknown(row) == forgotten.cell(row, .forgotten))
    }

    /// The table of docs/filings.md: row, column, cell.
    private static func documented() throws -> [String: [String: String]] {
        let cells = try Documentation.lines(of: "docs/filings.md").filter { $0.hasPrefix("| ") }.map { line in
            line.split(separator: "|").map { $0.drop { $0 == " " } }.map { $0.hasSuffix(" ") ? $0.dropLast() : $0 }
                .map(String.init)
        }
        let begin = try #require(cells.firstIndex { $0.first == "request" })
        let end = cells[begin...].firstIndex { $0.count != cells[begin].count } ?? cells.endIndex
        var table: [String: [String: String]] = [:]
        for row in cells[(begin + 2)..<end] {
            table[row[0]] = Dictionary(uniqueKeysWithValues: zip(cells[begin].dropFirst(), row.dropFirst()))
        }
        return table
    }
}

/// One filing's story with a portal that answers by itself.
private struct TableRun {
    private let kind: FilingKind
    private var story = Story { $0.ledgerRetention = 1_000 }
    private var offset: Int64 = 0
    private var calls: [String] = []
    private var keys: [String] = []
    private var estates = 1
    private var refuses = false
    private var lookUp: [FiledRecord] = []

    init(kind: FilingKind) { self.kind = kind }

    mutating func cell(_ row: FilingTableTests.Row, _ state: FilingTableTests.State) -> String {
        story.own()
        receive(.submit, 1)
        switch state {
        case .waiting:
            story.findEstates(0)
            story.commit()
        case .sending:
            story.findEstates()
            story.commit()
        case .uncertainFound, .uncertainMissing:
            story.findEstates()
            story.commit()
            noteKey()
            story.fail(.timedOut, mayHaveTakenEffect: true)
            story.commit()
            lookUp = state == .uncertainFound ? [Story.stored("F1", receipt: "K1")] : []
        case .settled:
            goOn()
        case .refused:
            refuses = true
            goOn()
            refuses = false
        case .forgotten:
            goOn()
            while story.engine.overview.filings[.settled] != 0 {
                story.passToNextWake()
                story.commit()
            }
        }
        for request in row.requests { receive(request.action, request.version) }
        if state == .sending {
            noteKey()
            story.take("F1", receipt: "K1")
        }
        return finish(isSentAgain: state == .uncertainMissing)
    }

    mutating func cellOfUnknown(_ row: FilingTableTests.Row) -> String {
        story.own()
        for request in row.requests { receive(request.action, request.version) }
        return finish(isSentAgain: false)
    }

    private mutating func finish(isSentAgain: Bool) -> String {
        calls = []
        goOn()
        // Every revision has a key of its own, and a repeated send the same.
        #expect(Set(keys).count == keys.count - (isSentAgain ? 1 : 0))
        let answers = story.outcomes.filter { $0.record.source.offset == offset - 1 }
        #expect(answers.count == 1)
        #expect(story.outcomes.map(\.record.source.offset) == Array(0..<offset))
        let made = calls.isEmpty ? "no call" : calls.joined(separator: ", ")
        return "`\(answers.map(FilingTableTests.label).first ?? "no answer")`: \(made)"
    }

    private mutating func receive(_ action: FilingAction, _ version: UInt64) {
        let identity = FilingIdentity(creditor: Story.identity.creditor, kind: kind, reference: "R")
        let contents = action == .withdraw ? nil : FilingContents(body: body(version))
        let request = ClaimRequest(
            id: "\(offset)", action: action, identity: identity, deceased: Story.deceased, contents: contents,
            digest: Story.digest(version))
        story.receive(PendingRecord(record: Story.record(.claimRequests, offset), parsed: .request(request)))
        offset += 1
    }

    private func body(_ version: UInt64) -> FilingContents.Body {
        switch kind {
        case .claim: .claim(Claim(principal: Money(oere: Int64(version))))
        case .receivable: .receivable(amount: Money(oere: Int64(version)))
        case .inventory: .inventory([InventoryItem(description: "\(version)")])
        case .inquiry: .inquiry(legalInterest: "\(version)")
        }
    }

    /// Lets the portal answer, and time pass, until every request has its answer.
    private mutating func goOn() {
        story.commit()
        var rounds = 0
        while story.outcomes.count < Int(offset), rounds < 100 {
            rounds += 1
            if let call = story.call, call != "search" { calls.append(call) }
            noteKey()
            switch story.call {
            case nil: story.passToNextWake()
            case "search": story.findEstates()
            case "look-up": story.find(lookUp)
            case "submit" where refuses: story.fail(.status(422, code: nil))
            default: story.take("F1", receipt: "K\(rounds + 1)")
            }
            story.commit()
        }
    }

    private mutating func noteKey() {
        if let key = story.calls.first?.call.idempotencyKey { keys.append(key) }
    }
}

extension FilingTableTests {
    fileprivate static func label(_ outcome: Outcome) -> String {
        if case .deadLetter(let letter) = outcome { letter.failure.reason.rawValue } else { Story.describe(outcome) }
    }
}

extension PortalCall {
    fileprivate var idempotencyKey: String? {
        switch self {
        case .search, .lookUp, .changes, .attach: nil
        case .submit(_, _, _, let key), .amend(_, _, _, _, let key), .withdraw(_, _, _, let key): key
        }
    }
}
