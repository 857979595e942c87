extension WaitingReport {
    /// For people.
    public var lines: [String] {
        let end = Int64(settings.days) * WaitingPerson.day
        var lines = [
            "\(settings.persons) persons waiting, \(settings.days) days, \(searches) searches, \(filings) filings",
            row("searches a person and a day", decimal(Double(searches) / personDays)),
        ]
        for (week, seen) in weeks.sorted(by: { $0.key < $1.key }) where seen.days >= 1 {
            lines.append(row("  in week \(week + 1) after the death", decimal(Double(seen.searches) / seen.days)))
        }
        lines += [
            row("busiest second, first day (all come within an hour)", "\(busiestSecond(0, WaitingPerson.day))"),
            row("busiest second after that", "\(busiestSecond(WaitingPerson.day, end))"),
            row("a second of the busiest hour after that", decimal(busiestHour(WaitingPerson.day, end))),
        ]
        for restart in restarts {
            let pause = hours(restart.until - restart.at)
            lines += [
                "restart on day \(restart.at / WaitingPerson.day) after \(pause), \(restart.waiting) persons waiting",
                row("  busiest second of the day before", "\(before(restart))"),
                row("  busiest second of the day after", "\(after(restart))"),
                row(
                    "  memory a waiting person, contents left out", "\(restart.grownBy / max(restart.waiting, 1)) bytes"
                ),
            ]
        }
        lines += [
            row("from the estate to the filing, half of them within", hours(delay(0.5))),
            row("99 % within", hours(delay(0.99))),
            row("the last", hours(delay(1))),
            row(
                "ledger records a person and a day, after the first",
                decimal(Double(ledgerRecords) / max(personDays - Double(settings.persons), 1))),
        ]
        return lines
    }

    /// What must not be; empty when all is well.
    public var problems: [String] {
        var problems: [String] = []
        if filedTwice > 0 { problems.append("\(filedTwice) filings were filed twice") }
        if overdue > 0 { problems.append("\(overdue) filings were not filed three days after their estate appeared") }
        for restart in restarts where Double(after(restart)) > 1.5 * Double(before(restart)) + 10 {
            problems.append(
                "a wave of \(after(restart)) searches in a second followed the restart on day "
                    + "\(restart.at / WaitingPerson.day); it was \(before(restart)) before")
        }
        let end = Int64(settings.days) * WaitingPerson.day
        let busiest = busiestSecond(WaitingPerson.day, end)
        let usual = busiestHour(WaitingPerson.day, end)
        if Double(busiest) > 2 * usual + 15 {
            problems.append(
                "a wave of \(busiest) searches in a second, in the busiest hour they were \(decimal(usual))")
        }
        return problems
    }

    private var personDays: Double { max(weeks.values.reduce(0) { $0 + $1.days }, 1) }

    private func before(_ restart: Restart) -> Int { busiestSecond(restart.at - WaitingPerson.day, restart.at) }

    private func after(_ restart: Restart) -> Int { busiestSecond(restart.until, restart.until + WaitingPerson.day) }

    private func row(_ name: String, _ value: String) -> String {
        "  " + name + String(repeating: " ", count: max(1, 56 - name.count)) + value
    }

    private func hours(_ milliseconds: Int64) -> String { decimal(Double(milliseconds) / 3_600_000) + " h" }

    private func decimal(_ value: Double) -> String {
        let hundredths = Int64((value * 100).rounded())
        let rest = String(100 + hundredths % 100).dropFirst()
        return "\(hundredths / 100).\(rest)"
    }
}
