import Engine
import PortalSimulator
import Worker

/// The table at the end, and whether it adds up.
struct DemoReport {
    private let answers: Answers
    private let audit: Audit

    init(_ answers: Answers, _ audit: Audit) {
        self.answers = answers
        self.audit = audit
    }

    var addsUp: Bool { problems.isEmpty }

    /// Everything that does not add up.
    var problems: [String] {
        let counts = answers.expectedCounts
        func expected(_ outcome: ClaimReply.Outcome) -> Int { counts[.claimReply(outcome)] ?? 0 }
        var problems: [String] = []
        func check(_ what: String, _ got: Int, _ expected: Int) {
            if got != expected { problems.append("\(what): \(got), and should be \(expected)") }
        }
        check("records without an answer", answers.produced - answers.answered, 0)
        check("answers in all", answers.claimReplies + answers.estateReplies + answers.deadLetters, answers.produced)
        check("answers that no record explains", answers.strangers, 0)
        check("filings at the portal", audit.filings, expected(.filed))
        check("identities at the portal", audit.identities, expected(.filed))
        check("duplicates at the portal", audit.duplicates, 0)
        check("withdrawals at the portal", audit.withdrawals, expected(.withdrawn))
        if problems.isEmpty, !answers.isRight { problems.append("a record has another answer than expected") }
        return problems
    }

    var lines: [String] {
        let expected = answers.expectedCounts
        let got = answers.gotCounts
        let results = Set(expected.keys).union(got.keys).sorted { ($0.rank, $0.name) < ($1.rank, $1.name) }
        let rows = results.map { [$0.name, String(expected[$0] ?? 0), String(got[$0] ?? 0)] }
        let faults = audit.faults.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        return TextTable.aligned([["OUTCOME", "EXPECTED", "GOT"]] + rows) + [
            "",
            "produced          \(answers.produced)",
            "answered          \(answers.claimReplies + answers.estateReplies + answers.deadLetters) = "
                + "\(answers.claimReplies) claim replies + \(answers.estateReplies) estate replies + "
                + "\(answers.deadLetters) dead letters",
            "at the portal     \(audit.filings) filings, \(audit.duplicates) duplicates, \(audit.withdrawals) withdrawn",
            "out of order      \(faults.isEmpty ? "nothing" : faults.joined(separator: ", ")), and three answers lost "
                + "on purpose",
        ]
    }
}
