import Glibc

/// The two clocks: one for what is written down, one for delays.
enum Clock {
    /// Milliseconds since 1970-01-01 in UTC.
    static func wallMilliseconds() -> Int64 { milliseconds(CLOCK_REALTIME) }

    /// Milliseconds of the monotonic clock.
    static func monotonicMilliseconds() -> Int64 { milliseconds(CLOCK_MONOTONIC) }

    /// Milliseconds since 1970 of an RFC 3339 time with `Z` or an offset, or nil.
    static func parse(_ text: String) -> Int64? {
        let parts = text.split(separator: "T", maxSplits: 1)
        guard parts.count == 2, parts[1].utf8.count >= 9 else { return nil }
        let date = parts[0].split(separator: "-").map { Int32($0) }
        let time = parts[1].prefix(8).split(separator: ":").map { Int32($0) }
        guard date.count == 3, time.count == 3, let year = date[0], let month = date[1], let day = date[2],
            let hour = time[0], let minute = time[1], let second = time[2]
        else { return nil }
        var fields = tm()
        (fields.tm_year, fields.tm_mon, fields.tm_mday) = (year - 1900, month - 1, day)
        (fields.tm_hour, fields.tm_min, fields.tm_sec) = (hour, minute, second)
        var milliseconds = Int64(timegm(&fields)) * 1000
        var zone = parts[1].dropFirst(8)
        if zone.first == "." {
            let digits = zone.dropFirst().prefix { $0.isNumber }
            guard let fraction = Double("0." + digits) else { return nil }
            milliseconds += Int64(fraction * 1000)
            zone = zone.dropFirst(digits.count + 1)
        }
        return offset(zone).map { milliseconds - $0 }
    }

    private static func offset(_ zone: Substring) -> Int64? {
        if zone == "Z" || zone == "z" { return 0 }
        let fields = zone.dropFirst().split(separator: ":")
        guard let sign = zone.first, sign == "+" || sign == "-", fields.count == 2,
            let hours = Int64(fields[0]), let minutes = Int64(fields[1])
        else { return nil }
        return (sign == "+" ? 1 : -1) * (hours * 60 + minutes) * 60_000
    }

    private static func milliseconds(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
