import Estates

/// How near the end of a filing's deadline is: the nearest of the marks that have been passed.
public enum DeadlineWarning: UInt8, Sendable, CaseIterable, Comparable {
    case fourteenDays = 1
    case sevenDays
    case oneDay
    /// It is over, whatever is said of days on which courts are closed.
    case lapsed

    /// As in logs, metrics and the ledger.
    public var label: String {
        switch self {
        case .fourteenDays: "14d"
        case .sevenDays: "7d"
        case .oneDay: "1d"
        case .lapsed: "lapsed"
        }
    }

    public init?(label: String) {
        guard let found = DeadlineWarning.allCases.first(where: { $0.label == label }) else { return nil }
        self = found
    }

    /// Nil when it is more than fourteen days away. The days are counted to the end of the unextended last day, to be on the
    /// safe side; it has lapsed only when the extended one is over.
    public init?(_ deadline: ClaimDeadline, at now: Timestamp) {
        let left = deadline.safeEnd.milliseconds - now.milliseconds
        let day: Int64 = 86_400_000
        switch left {
        case ...day where deadline.end <= now: self = .lapsed
        case ...day: self = .oneDay
        case ...(7 * day): self = .sevenDays
        case ...(14 * day): self = .fourteenDays
        default: return nil
        }
    }

    public static func < (left: DeadlineWarning, right: DeadlineWarning) -> Bool { left.rawValue < right.rawValue }
}
