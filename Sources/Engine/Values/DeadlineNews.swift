import Estates

/// Why a filing can still lose its right.
public enum DeadlineState: String, Sendable, CaseIterable {
    /// It is to be filed, and waits.
    case waiting
    /// It could not be filed, and nobody has put it right.
    case deadLettered = "dead-lettered"
    /// It is filed as a preliminary claim, and its final amount is due.
    case preliminary
}

/// How many filings are how near to which deadline.
public struct DeadlineNews: Hashable, Sendable {
    public let state: DeadlineState
    public let warning: DeadlineWarning

    public init(_ state: DeadlineState, _ warning: DeadlineWarning) {
        self.state = state
        self.warning = warning
    }
}
