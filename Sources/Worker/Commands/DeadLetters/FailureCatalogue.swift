import Engine

/// All reasons, as docs/failures.md has them.
enum FailureCatalogue {
    /// One row of the table for each reason.
    static func row(_ reason: FailureReason) -> String {
        "| `\(reason.rawValue)` | \(reason.meaning) | \(reason.remedy) |"
    }

    static let document: String = {
        var text = """
            # Failures

            A dead letter is the original record with headers of ours. `proklama.error.category` says whose fault it is,
            `proklama.error.reason` says what it is, and `proklama.error.stage` how far the request had come (`parse`, `estate`,
            `send`, `settle`, `attach`). Reasons are stable: programs may depend on them. `proklama dead-letters list` counts them, and
            `proklama dead-letters show` explains one.

            When the cause is mended, `proklama dead-letters replay` puts records back where they came from, each exactly once; what
            needs no replay any more is marked with `proklama dead-letters discard`.

            ## Headers

            | header | what it says |
            | --- | --- |
            | `proklama.error.category`, `.reason`, `.stage` | see above |
            | `proklama.error.message` | for people; at most 500 characters, no CPR number |
            | `proklama.error.http-status` | of the portal's last answer, when there was one |
            | `proklama.error.at`, `.first-at` | when it failed, and when for the first time |
            | `proklama.error.attempts` | calls that were made for it, in all rounds |
            | `proklama.error.fingerprint` | equal for what failed in the same way: category, reason, stage, status, and the place in the record |
            | `proklama.error.repeats` | how many times in a row it failed in this way |
            | `proklama.error.truncated` | the value was too large for this topic and was left out; a replay takes it from the source |
            | `proklama.error.estate-id`, `.filing-id`, `.receipt-id`, `.received-at` | what the portal has all the same, when only an attachment failed (stage `attach`) |
            | `proklama.source.topic`, `.partition`, `.offset`, `.timestamp`, `.group` | the record that failed, and for whom |
            | `proklama.replay.count`, `.id`, `.at` | how often it was put back, and the last time in which run and when |
            | `proklama.replay.of` | partition and offset of the dead letter that was put back then |
            | `proklama.worker`, `proklama.version` | who wrote the dead letter |

            They replace those of an earlier round and never pile up. The sender's own headers, the key and the value stay as
            they were, to the byte.

            """
        for category in FailureCategory.allCases {
            text += "\n## \(title(category))\n\n| reason | what happened | what to do |\n| --- | --- | --- |\n"
            for reason in FailureReason.allCases where reason.category == category { text += row(reason) + "\n" }
        }
        return text + "\n" + calls + CallFailureKind.allCases.map { $0.row + "\n" }.joined()
    }()

    private static let calls = """
        ## What a call can meet

        All of it, in the order in which a call proceeds. *Tried again* means with a growing wait, and `portal-unavailable` only
        after `retry.horizon`. What says that it is wrong for every request closes the gate ([outages](outages.md)): it costs
        what is in flight, or nothing with `portal.failure.policy=hold`. A change that may have taken effect (its answer was
        lost, or the portal answered 5xx or not as it should) is looked up before anything else is decided. A look-up is tried
        again whatever it meets, since giving up would leave the filing in doubt; what closes the gate does so all the same.

        \(CallFailureKind.tableHead)

        """

    private static func title(_ category: FailureCategory) -> String {
        switch category {
        case .certificate: "`certificate`: our credential is wrong"
        case .environment: "`environment`: we talk to the wrong place, or it is not there"
        case .validation: "`validation`: the request itself cannot be filed"
        }
    }
}
