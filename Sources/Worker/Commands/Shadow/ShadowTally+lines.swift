import Engine
import Estates

/// The report for people.
extension ShadowTally {
    var lines: [String] {
        if answers == 0, waiting(.claimRequests) + waiting(.deathNotifications) == 0 {
            return ["the shadow has answered nothing yet"]
        }
        return requestLines + creditorLines + estateLines + letterLines + adoptionLines
    }

    private var requestLines: [String] {
        let rows = replies.sorted {
            ($0.key.kind, $0.key.action, $0.key.outcome) < ($1.key.kind, $1.key.action, $1.key.outcome)
        }
        return table("requests", ["KIND", "ACTION", "OUTCOME", "COUNT"]) {
            rows.map { [$0.key.kind, $0.key.action, $0.key.outcome, String($0.value)] }
        }
    }

    private var creditorLines: [String] {
        let outcomes: [ClaimReply.Outcome] = [.wouldFile, .wouldAmend, .wouldWithdraw, .alreadyFiled]
        let head = ["CREDITOR", "ON BEHALF OF"] + outcomes.map { $0.rawValue.uppercased() } + ["PRINCIPAL"]
        return table("creditors", head) {
            sortedCreditors.map { party, share in
                [party.cvr, party.onBehalfOf ?? "-"] + outcomes.map { String(share.outcomes[$0.rawValue] ?? 0) }
                    + [Money(oere: share.principal).description]
            }
        }
    }

    private var estateLines: [String] {
        let found = notifications["estate-found"] ?? 0
        let counts = notifications.sorted { $0.key < $1.key }.filter { $0.key != "estate-found" }
            .map { "\($0.value) \($0.key)" }
        return [
            "",
            (["death notifications: \(found) estates found"] + counts + [
                "\(waiting(.deathNotifications)) not answered yet"
            ])
            .joined(separator: ", "),
            "claim requests not answered yet, since their estate is not there or they are under way: "
                + "\(waiting(.claimRequests))",
        ]
    }

    private var letterLines: [String] {
        table("dead letters", ["CATEGORY", "REASON", "COUNT", "WHAT TO DO"]) {
            sortedLetters.map { kind, count in
                [kind.category, kind.reason, String(count), FailureReason(rawValue: kind.reason)?.remedy ?? ""]
                    .map(PersonalData.printable)
            }
        }
    }

    private var adoptionLines: [String] {
        var lines: [String] = []
        if adopted > 0 {
            lines.append("filed by somebody else with the same contents: \(adopted); none would be filed again")
        }
        if changesOfOthers > 0 { lines.append("filed by somebody else, and would be changed: \(changesOfOthers)") }
        if strangers > 0 { lines.append("records that no shadow has written, or that cannot be read: \(strangers)") }
        return lines.isEmpty ? [] : [""] + lines
    }

    private func table(_ title: String, _ head: [String], _ rows: () -> [[String]]) -> [String] {
        let rows = rows()
        return rows.isEmpty ? [] : ["", title] + TextTable.aligned([head] + rows)
    }

    var sortedCreditors: [(Party, Share)] {
        creditors.sorted { ($0.key.cvr, $0.key.onBehalfOf ?? "") < ($1.key.cvr, $1.key.onBehalfOf ?? "") }
            .map { ($0.key, $0.value) }
    }

    var sortedLetters: [(LetterKind, Int)] {
        letters.sorted { ($0.key.category, -$0.value, $0.key.reason) < ($1.key.category, -$1.value, $1.key.reason) }
            .map { ($0.key, $0.value) }
    }
}
