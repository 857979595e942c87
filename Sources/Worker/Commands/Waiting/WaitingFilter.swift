import Engine

/// Which of those who wait are meant. All conditions must hold.
struct WaitingFilter: Sendable {
    static let since = CommandOption(
        "--since", value: "TIME", "only requests accepted not before: 2026-11-24, 2026-11-24T10:15:00Z, or 36h (ago)")
    static let until = CommandOption("--until", value: "TIME", "only requests accepted before this")
    static let key = CommandOption("--key", value: "GLOB", "only those with such a record key")
    static let reference = CommandOption(
        "--reference", value: "GLOB", "only requests with such a reference of the creditor's")
    static let kind = CommandOption(
        "--kind", value: "KIND", "only estate, retry, held, attachments, look-up or under-way")
    static let all = [since, until, key, reference, kind]

    /// Milliseconds since 1970.
    private let since: Int64?
    private let until: Int64?
    private let key: Glob?
    private let reference: Glob?
    private let kind: WaitingKind?

    init(_ arguments: Arguments, now: Int64) throws(CommandFailure) {
        since = try LetterFilter.time(WaitingFilter.since, arguments, now)
        until = try LetterFilter.time(WaitingFilter.until, arguments, now)
        key = arguments.value(WaitingFilter.key).map { Glob($0) }
        reference = arguments.value(WaitingFilter.reference).map { Glob($0) }
        guard let text = arguments.value(WaitingFilter.kind) else {
            kind = nil
            return
        }
        guard let found = WaitingKind(rawValue: text) else {
            let nearest = Nearest.name(to: text, in: WaitingKind.allCases.map(\.rawValue))
            throw CommandFailure(.usage, "--kind '\(text)'? Did you mean \(nearest)?")
        }
        kind = found
    }

    func takes(_ waiting: WaitingKind, since time: Int64) -> Bool {
        (kind.map { $0 == waiting } ?? true) && (since.map { time >= $0 } ?? true) && (until.map { time < $0 } ?? true)
    }

    func takes(key text: String) -> Bool { key?.matches(text) ?? true }

    /// - Parameter text: nil is a notification, which has none.
    func takes(reference text: String?) -> Bool {
        guard let reference else { return true }
        return text.map { reference.matches($0) } ?? false
    }
}
