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
            `send`, `settle`). Reasons are stable: programs may depend on them. `proklama dead-letters list` counts them, and
            `proklama dead-letters show` explains one.

            """
        for category in FailureCategory.allCases {
            text += "\n## \(title(category))\n\n| reason | what happened | what to do |\n| --- | --- | --- |\n"
            for reason in FailureReason.allCases where reason.category == category { text += row(reason) + "\n" }
        }
        return text
    }()

    private static func title(_ category: FailureCategory) -> String {
        switch category {
        case .certificate: "`certificate`: our credential is wrong"
        case .environment: "`environment`: we talk to the wrong place, or it is not there"
        case .validation: "`validation`: the request itself cannot be filed"
        }
    }
}
