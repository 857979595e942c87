import Kafka

/// Which dead letters are meant.
struct LetterFilter: Sendable {
    static let category = CommandOption("--category", value: "GLOB", "only these: certificate, environment, validation")
    static let reason = CommandOption("--reason", value: "GLOB", "only these, as in 'estate-*'")
    static let since = CommandOption(
        "--since", value: "TIME", "not before: 2026-11-24, 2026-11-24T10:15:00Z, or 36h (ago)")
    static let until = CommandOption("--until", value: "TIME", "before this")
    static let all = [category, reason, since, until]

    let category: Glob
    let reason: Glob
    /// Milliseconds since 1970.
    let since: Int64?
    let until: Int64?

    init(_ arguments: Arguments, now: Int64) throws(CommandFailure) {
        category = Glob(arguments.value(LetterFilter.category) ?? "*")
        reason = Glob(arguments.value(LetterFilter.reason) ?? "*")
        since = try LetterFilter.time(LetterFilter.since, arguments, now)
        until = try LetterFilter.time(LetterFilter.until, arguments, now)
    }

    func takes(_ headers: LetterHeaders, timestamp: Int64) -> Bool {
        category.matches(headers.category) && reason.matches(headers.reason)
            && since.map { timestamp >= $0 } ?? true && until.map { timestamp < $0 } ?? true
    }

    private static func time(
        _ option: CommandOption, _ arguments: Arguments, _ now: Int64
    ) throws(CommandFailure) -> Int64? {
        guard let text = arguments.value(option) else { return nil }
        if let time = TimeText.parse(text, now: now) { return time }
        throw CommandFailure(
            .usage, "\(option.name) wants a time such as 2026-11-24, 2026-11-24T10:15:00Z or 36h, not '\(text)'")
    }
}
