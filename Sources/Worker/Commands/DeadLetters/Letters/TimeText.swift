import Estates

/// Points in time as people write them: `2026-11-24`, `2026-11-24T10:15:00Z`, or `36h` for so long ago.
enum TimeText {
    /// Milliseconds since 1970; nil when it is none of them.
    static func parse(_ text: String, now: Int64) -> Int64? {
        if let ago = DurationText.parse(text) { return now - ago }
        guard let date = CalendarDate(text) else { return nil }
        let midnight = days(date) * 86_400_000
        guard let t = text.firstIndex(of: "T") else { return midnight }
        var time = text[text.index(after: t)...]
        var offset: Int64 = 0
        if time.last == "Z" {
            time = time.dropLast()
        } else {
            guard time.count >= 6, let minutes = minutes(time.suffix(5)), let sign = time.dropLast(5).last else {
                return nil
            }
            switch sign {
            case "+": offset = minutes
            case "-": offset = -minutes
            default: return nil
            }
            time = time.dropLast(6)
        }
        guard let clock = minutes(time.prefix(5)) else { return nil }
        var milliseconds: Int64 = 0
        if time.count > 5 {
            guard time.dropFirst(5).first == ":", let seconds = Double(time.dropFirst(6)), (0..<61).contains(seconds)
            else {
                return nil
            }
            milliseconds = Int64(seconds * 1000)
        }
        return midnight + (clock - offset) * 60_000 + milliseconds
    }

    /// `HH:MM`
    private static func minutes(_ text: Substring) -> Int64? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].count == 2, parts[1].count == 2, let hours = Int64(parts[0]),
            let minutes = Int64(parts[1]), (0...23).contains(hours), (0...59).contains(minutes)
        else { return nil }
        return hours * 60 + minutes
    }

    /// Days since 1970-01-01 (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`).
    private static func days(_ date: CalendarDate) -> Int64 {
        let year = Int64(date.month <= 2 ? date.year - 1 : date.year)
        let era = year / 400
        let yearOfEra = year - era * 400
        let month = Int64(date.month)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + Int64(date.day) - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
