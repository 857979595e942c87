/// Until when a claim on an estate must be with the court, or the right to be paid from the estate is lost
/// (Dødsboskifteloven § 83): eight weeks after the notice to creditors in Statstidende (§ 81); for the final amount of a
/// preliminary claim eight weeks after that (§ 82).
///
/// The law names weeks and no hour. The day of the notice is not counted, and the last day lasts until midnight in
/// Copenhagen. A last day that is a Saturday, Sunday, holiday or the like is moved to the next working day, as deadlines
/// generally are (Forældelsesloven § 27(2) says so for its own); Dødsboskifteloven itself has no such words. So whatever is
/// done to keep a deadline goes by `safeEnd`, which has no such extension, and nothing is given up before `end`, which has.
public struct ClaimDeadline: Hashable, Sendable {
    private static let weeks = 8

    /// The last day of the weeks, whatever day that is.
    public let lastDay: CalendarDate

    /// Of a claim.
    ///
    /// - Parameter notice: the date of Statstidende.
    public init(ofClaimsAfter notice: CalendarDate) { lastDay = notice.adding(days: 7 * ClaimDeadline.weeks) }

    /// Of the final amount of a claim that was filed as a preliminary one. It is reckoned from the last day of the first
    /// eight weeks, not from the working day to which that may have been moved: that is never too late.
    ///
    /// - Parameter notice: the date of Statstidende.
    public init(ofFinalClaimsAfter notice: CalendarDate) { lastDay = notice.adding(days: 14 * ClaimDeadline.weeks) }

    /// The last day, or the next working day after it.
    public var extendedDay: CalendarDate {
        var day = lastDay
        while !day.isDanishWorkingDay, day.year < 9999 { day = day.adding(days: 1) }
        return day
    }

    /// The first moment at which it is too late.
    public var end: Timestamp { extendedDay.endInCopenhagen }

    /// The first moment at which it may be too late, if the last day is not moved.
    public var safeEnd: Timestamp { lastDay.endInCopenhagen }
}
