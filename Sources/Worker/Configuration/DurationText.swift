/// Durations as settings have them: `250ms`, `30s`, `5m`, `24h`, `7d`.
enum DurationText {
    /// Milliseconds.
    static func parse(_ text: String) -> Int64? {
        let digits = text.prefix { ("0"..."9").contains($0) }
        guard let count = Int64(digits), !digits.isEmpty else { return nil }
        let unit: Int64
        switch text.dropFirst(digits.count) {
        case "ms": unit = 1
        case "s": unit = 1000
        case "m": unit = 60_000
        case "h": unit = 3_600_000
        case "d": unit = 86_400_000
        default: return nil
        }
        let (result, overflow) = count.multipliedReportingOverflow(by: unit)
        return overflow ? nil : result
    }
}
