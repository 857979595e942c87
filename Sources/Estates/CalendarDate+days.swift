extension CalendarDate {
    /// Days since 1970-01-01. Reckoned with the algorithm `days_from_civil` (Howard Hinnant, "chrono-Compatible Low-Level
    /// Date Algorithms").
    public var dayNumber: Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = shiftedYear / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// The day that is so many days after 1970-01-01 (`civil_from_days`, the same source); nil beyond the years 1 to 9999.
    public init?(dayNumber: Int) {
        let shifted = dayNumber + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        self.init(
            year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month: month,
            day: dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    }

    /// So many days later; the last day of the year 9999 when that is beyond it.
    public func adding(days: Int) -> CalendarDate {
        CalendarDate(dayNumber: dayNumber + days) ?? CalendarDate.last
    }

    /// 0 is Sunday. Day 0, 1970-01-01, was a Thursday.
    var weekday: Int { ((dayNumber + 4) % 7 + 7) % 7 }

    private static var last: CalendarDate {
        guard let last = CalendarDate(year: 9999, month: 12, day: 31) else {
            preconditionFailure("there is such a day")
        }
        return last
    }
}
