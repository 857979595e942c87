import Estates

/// A deadline that is kept: when the notice was that it follows from, and which warnings have been given.
public struct DeadlineWatch: Hashable, Sendable {
    /// Days since 1970; two bytes, since there may be one a filing.
    private let day: UInt16
    /// The nearest of the warnings that have been given.
    public var warned: DeadlineWarning?

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

    /// In three bytes, for `PackedFiling`.
    var bits: UInt32 { UInt32(day) | UInt32(warned?.rawValue ?? 0) << 16 }

    /// From what `bits` has written.
    init(bits: UInt32) {
        day = UInt16(truncatingIfNeeded: bits)
        warned = DeadlineWarning(rawValue: UInt8(truncatingIfNeeded: bits >> 16))
    }
}
