/// The calendar by which deadlines at Danish courts are reckoned.
extension CalendarDate {
    /// Whether a deadline may end on it: no Saturday or Sunday, no public holiday, and neither Constitution Day (5 June) nor
    /// 24 or 31 December. Source: Forældelsesloven § 27(2), which puts the general rule into words.
    public var isDanishWorkingDay: Bool {
        weekday != 0 && weekday != 6 && !isDanishHoliday && (month, day) != (6, 5) && (month, day) != (12, 24)
            && (month, day) != (12, 31)
    }

    /// Whether it is a holiday of the Church of Denmark that is no Sunday. Great Prayer Day, the fourth Friday after Easter,
    /// was the last time one in 2023 (lov nr. 214 of 6 March 2023).
    private var isDanishHoliday: Bool {
        if (month, day) == (1, 1) || (month, day) == (12, 25) || (month, day) == (12, 26) { return true }
        switch dayNumber - CalendarDate.easter(of: year).dayNumber {
        // Maundy Thursday, Good Friday, Easter Monday, Ascension Day, Whit Monday.
        case -3, -2, 1, 39, 50: return true
        case 26: return year <= 2023
        default: return false
        }
    }

    /// Easter Sunday of the Gregorian calendar ("Anonymous Gregorian algorithm", Meeus, Astronomical Algorithms, ch. 8).
    static func easter(of year: Int) -> CalendarDate {
        let golden = year % 19
        let century = year / 100
        let rest = year % 100
        let correction = (century - (century + 8) / 25 + 1) / 3
        let epact = (19 * golden + century - century / 4 - correction + 15) % 30
        let toSunday = (32 + 2 * (century % 4) + 2 * (rest / 4) - epact - rest % 4) % 7
        let late = (golden + 11 * epact + 22 * toSunday) / 451
        let day = epact + toSunday - 7 * late + 114
        guard let easter = CalendarDate(year: year, month: day / 31, day: day % 31 + 1) else {
            preconditionFailure("Easter is a day in March or April")
        }
        return easter
    }

    /// When the day is over in Copenhagen: its midnight as a point in time, which is no part of the day any more. Summer time
    /// lasts from the last Sunday of March to the last of October, and changes at 01:00 UTC (directive 2000/84/EC), so at
    /// midnight of those Sundays it is still as it was. It is 23:00 or 22:00 UTC of the same date.
    public var endInCopenhagen: Timestamp {
        let next = adding(days: 1)
        let isSummer =
            next.dayNumber > CalendarDate.lastSunday(of: next.year, 3)
            && next.dayNumber <= CalendarDate.lastSunday(of: next.year, 10)
        return Timestamp(milliseconds: (Int64(dayNumber) * 24 + (isSummer ? 22 : 23)) * 3_600_000)
    }

    /// As a day number; of a month with 31 days.
    private static func lastSunday(of year: Int, _ month: Int) -> Int {
        guard let last = CalendarDate(year: year, month: month, day: 31) else { preconditionFailure("March, October") }
        return last.dayNumber - last.weekday
    }
}
