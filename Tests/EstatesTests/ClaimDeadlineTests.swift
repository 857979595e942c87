import Testing

@testable import Estates

/// A notice and what follows from it.
struct DeadlineCase: CustomTestStringConvertible {
    let why: String
    let notice: String
    let lastDay: String
    let extendedDay: String
    let end: String
    let finalLastDay: String
    let finalEnd: String

    var testDescription: String { "\(notice): \(why)" }

    init(
        _ why: String, _ notice: String, _ lastDay: String, _ extendedDay: String, _ end: String, final: String,
        _ finalEnd: String
    ) {
        self.why = why
        self.notice = notice
        self.lastDay = lastDay
        self.extendedDay = extendedDay
        self.end = end
        finalLastDay = final
        self.finalEnd = finalEnd
    }

    static let all = [
        DeadlineCase(
            "an ordinary day, and summer time begins in between", "2026-02-03", "2026-03-31", "2026-03-31",
            "2026-03-31T22:00:00.000Z", final: "2026-05-26", "2026-05-26T22:00:00.000Z"),
        DeadlineCase(
            "the last day of winter time: midnight is an hour before the change", "2026-01-31", "2026-03-28",
            "2026-03-30", "2026-03-30T22:00:00.000Z", final: "2026-05-23", "2026-05-26T22:00:00.000Z"),
        DeadlineCase(
            "Maundy Thursday moves beyond Easter Monday", "2026-02-05", "2026-04-02", "2026-04-07",
            "2026-04-07T22:00:00.000Z", final: "2026-05-28", "2026-05-28T22:00:00.000Z"),
        DeadlineCase(
            "Christmas Eve moves beyond Boxing Day and the weekend", "2026-10-29", "2026-12-24", "2026-12-28",
            "2026-12-28T23:00:00.000Z", final: "2027-02-18", "2027-02-18T23:00:00.000Z"),
        DeadlineCase(
            "New Year's Eve moves beyond New Year and the weekend", "2026-11-05", "2026-12-31", "2027-01-04",
            "2027-01-04T23:00:00.000Z", final: "2027-02-25", "2027-02-25T23:00:00.000Z"),
        DeadlineCase(
            "Constitution Day, a Friday", "2026-04-10", "2026-06-05", "2026-06-08", "2026-06-08T22:00:00.000Z",
            final: "2026-07-31", "2026-07-31T22:00:00.000Z"),
        DeadlineCase(
            "the last day of summer time: midnight is before the change", "2026-08-29", "2026-10-24", "2026-10-26",
            "2026-10-26T23:00:00.000Z", final: "2026-12-19", "2026-12-21T23:00:00.000Z"),
        DeadlineCase(
            "a leap day in between, and Ascension Day at the end", "2024-02-08", "2024-04-04", "2024-04-04",
            "2024-04-04T22:00:00.000Z", final: "2024-05-30", "2024-05-30T22:00:00.000Z"),
        DeadlineCase(
            "on a leap day", "2024-01-04", "2024-02-29", "2024-02-29", "2024-02-29T23:00:00.000Z",
            final: "2024-04-25", "2024-04-25T22:00:00.000Z"),
        DeadlineCase(
            "Great Prayer Day was a holiday in 2023", "2023-03-10", "2023-05-05", "2023-05-08",
            "2023-05-08T22:00:00.000Z", final: "2023-06-30", "2023-06-30T22:00:00.000Z"),
        DeadlineCase(
            "and is none from 2024 on", "2024-03-01", "2024-04-26", "2024-04-26", "2024-04-26T22:00:00.000Z",
            final: "2024-06-21", "2024-06-21T22:00:00.000Z"),
        DeadlineCase(
            "Ascension Day; the day after it is a working day", "2026-03-19", "2026-05-14", "2026-05-15",
            "2026-05-15T22:00:00.000Z", final: "2026-07-09", "2026-07-09T22:00:00.000Z"),
        DeadlineCase(
            "Whit Monday", "2026-03-30", "2026-05-25", "2026-05-26", "2026-05-26T22:00:00.000Z", final: "2026-07-20",
            "2026-07-20T22:00:00.000Z"),
    ]
}

struct ClaimDeadlineTests {
    @Test(arguments: DeadlineCase.all)
    func aDeadlineEndsWithTheRightDay(_ one: DeadlineCase) throws {
        let notice = try #require(CalendarDate(one.notice))
        let deadline = ClaimDeadline(ofClaimsAfter: notice)
        #expect(deadline.lastDay.description == one.lastDay)
        #expect(deadline.extendedDay.description == one.extendedDay)
        #expect(deadline.end.description == one.end)
        let final = ClaimDeadline(ofFinalClaimsAfter: notice)
        #expect(final.lastDay.description == one.finalLastDay)
        #expect(final.end.description == one.finalEnd)
    }

    /// From the tables of the ecclesiastical calendar.
    @Test(arguments: [
        "2000-04-23", "2008-03-23", "2011-04-24", "2019-04-21", "2023-04-09", "2024-03-31", "2025-04-20", "2026-04-05",
        "2027-03-28", "2028-04-16", "2030-04-21", "2038-04-25", "2285-03-22", "1981-04-19", "1954-04-18",
    ])
    func easterIsWhenItIs(_ text: String) throws {
        let easter = try #require(CalendarDate(text))
        #expect(CalendarDate.easter(of: easter.year) == easter)
    }

    @Test func everyDayHasOneNumber() {
        var last = CalendarDate("1899-12-31")?.dayNumber ?? 0
        for year in 1900...2101 {
            for month in 1...12 {
                for day in 1...31 {
                    guard let date = CalendarDate(year: year, month: month, day: day) else { continue }
                    #expect(date.dayNumber == last + 1)
                    #expect(CalendarDate(dayNumber: date.dayNumber) == date)
                    last = date.dayNumber
                }
            }
        }
        #expect(CalendarDate("1970-01-01")?.dayNumber == 0)
    }

    @Test func aYearHasTwoDaysOfAnotherLength() throws {
        for year in 1997...2060 {
            let first = try #require(CalendarDate(year: year, month: 1, day: 1)).dayNumber
            let lengths = (first..<(first + 364)).compactMap { number -> Int64? in
                guard let day = CalendarDate(dayNumber: number), let next = CalendarDate(dayNumber: number + 1) else {
                    return nil
                }
                return (next.endInCopenhagen.milliseconds - day.endInCopenhagen.milliseconds) / 3_600_000
            }
            #expect(lengths.filter { $0 == 23 }.count == 1)
            #expect(lengths.filter { $0 == 25 }.count == 1)
            #expect(lengths.filter { $0 == 24 }.count == 362)
        }
    }

    @Test func nothingIsMovedByMoreThanSixDays() throws {
        for year in 2022...2100 {
            let first = try #require(CalendarDate(year: year, month: 1, day: 1))
            for days in 0..<366 {
                let deadline = ClaimDeadline(ofClaimsAfter: first.adding(days: days))
                let moved = deadline.extendedDay.dayNumber - deadline.lastDay.dayNumber
                #expect((0...6).contains(moved))
                #expect(deadline.extendedDay.isDanishWorkingDay)
                #expect(deadline.safeEnd <= deadline.end)
            }
        }
    }

    @Test func theEndOfTimeIsNoCrash() throws {
        let last = try #require(CalendarDate("9999-12-31"))
        #expect(ClaimDeadline(ofFinalClaimsAfter: last).lastDay == last)
        _ = ClaimDeadline(ofFinalClaimsAfter: last).end
    }
}
