import Estates

/// A deadline that is kept: when the notice was that it follows from.
public struct DeadlineWatch: Hashable, Sendable {
    /// Days since 1970; two bytes, since there may be one a filing.
    private let day: UInt16

    /// Nil for a date before 1970 or after 2149, which no notice has.
    public init?(notice: CalendarDate) {
        guard let day = UInt16(exactly: notice.dayNumber) else { return nil }
        self.day = day
    }

    /// The date of the notice to creditors in Statstidende.
    public var notice: CalendarDate {
        guard let date = CalendarDate(dayNumber: Int(day)) else { preconditionFailure("it was made of a date") }
        return date
    }
}
