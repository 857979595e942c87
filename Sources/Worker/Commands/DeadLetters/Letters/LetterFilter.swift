import Engine
import JSON
import Kafka

/// Which dead letters are meant. All conditions must hold.
struct LetterFilter: Sendable {
    static let category = CommandOption("--category", value: "GLOB", "only these: certificate, environment, validation")
    static let reason = CommandOption("--reason", value: "GLOB", "only these, as in 'estate-*'")
    static let since = CommandOption(
        "--since", value: "TIME", "not before: 2026-11-24, 2026-11-24T10:15:00Z, or 36h (ago)")
    static let until = CommandOption("--until", value: "TIME", "before this")
    static let topic = CommandOption("--topic", value: "GLOB", "only those that came from these topics")
    static let key = CommandOption("--key", value: "GLOB", "only those with such a record key")
    static let reference = CommandOption(
        "--reference", value: "GLOB", "only those with such a reference of the creditor's")
    static let status = CommandOption("--status", value: "STATUS", "only open, replayed, discarded or refailed ones")
    static let header = CommandOption(
        "--where", value: "HEADER=GLOB", "only those with such a header; repeatable, all must match")
    static let all = [category, reason, since, until, topic, key, reference, status, header]

    /// Any of them; empty for all.
    private let categories: [Glob]
    private let reason: Glob?
    /// Milliseconds since 1970.
    let since: Int64?
    let until: Int64?
    private let topic: Glob?
    private let key: Glob?
    private let reference: Glob?
    /// Not asked by `takes`: a letter's status is known only when all have been read.
    let status: LetterStatus?
    private let headers: [(name: String, value: Glob)]

    init(_ arguments: Arguments, now: Int64) throws(CommandFailure) {
        categories = arguments.value(LetterFilter.category).map { [Glob($0)] } ?? []
        reason = arguments.value(LetterFilter.reason).map { Glob($0) }
        since = try LetterFilter.time(LetterFilter.since, arguments, now)
        until = try LetterFilter.time(LetterFilter.until, arguments, now)
        topic = arguments.value(LetterFilter.topic).map { Glob($0) }
        key = arguments.value(LetterFilter.key).map { Glob($0) }
        reference = arguments.value(LetterFilter.reference).map { Glob($0) }
        status = try LetterFilter.status(arguments)
        var headers: [(name: String, value: Glob)] = []
        for text in arguments.values(LetterFilter.header) {
            let (name, value) = try HeaderAssignment.parse(text, of: LetterFilter.header)
            headers.append((name, Glob(value)))
        }
        self.headers = headers
    }

    /// Open ones of these categories.
    init(open categories: [String], since: Int64) {
        self.categories = categories.map { Glob($0) }
        self.since = since
        status = .open
        (reason, until, topic, key, reference, headers) = (nil, nil, nil, nil, nil, [])
    }

    /// Open ones of one person.
    init(openOfPerson key: String) {
        self.key = Glob(key)
        status = .open
        categories = []
        (reason, since, until, topic, reference, headers) = (nil, nil, nil, nil, nil, [])
    }

    func takes(_ record: Record, _ letter: LetterHeaders) -> Bool {
        guard categories.isEmpty || categories.contains(where: { $0.matches(letter.category) }),
            reason?.matches(letter.reason) ?? true,
            since.map({ record.timestamp >= $0 }) ?? true, until.map({ record.timestamp < $0 }) ?? true,
            topic?.matches(letter.sourceTopic ?? "") ?? true
        else { return false }
        if let key, !key.matches(record.key.map { String(decoding: $0, as: UTF8.self) } ?? "") { return false }
        for wanted in headers {
            guard record.headers.contains(where: { $0.name == wanted.name && wanted.value.matches($0.text ?? "") })
            else { return false }
        }
        // The dearest question comes last: it reads the value.
        if let reference, !(LetterFilter.reference(of: record).map { reference.matches($0) } ?? false) { return false }
        return true
    }

    func takes(_ letterStatus: LetterStatus) -> Bool { status.map { $0 == letterStatus } ?? true }

    /// The creditor's reference inside the value, when it can be read.
    static func reference(of record: Record) -> String? {
        let original = OriginalRecord(
            source: Source(topic: .claimRequests, partition: record.partition, offset: record.offset),
            timestamp: record.timestamp, key: record.key, value: record.value,
            headers: record.headers.map { RecordHeader(name: $0.name, value: $0.value) })
        return (try? RequestDocument(original))?.root["reference"]?.string
    }

    private static func status(_ arguments: Arguments) throws(CommandFailure) -> LetterStatus? {
        guard let text = arguments.value(status) else { return nil }
        guard let found = LetterStatus(rawValue: text) else {
            let names = LetterStatus.allCases.map(\.rawValue)
            throw CommandFailure(.usage, "--status '\(text)'? Did you mean \(Nearest.name(to: text, in: names))?")
        }
        return found
    }

    static func time(
        _ option: CommandOption, _ arguments: Arguments, _ now: Int64
    ) throws(CommandFailure) -> Int64? {
        guard let text = arguments.value(option) else { return nil }
        if let time = TimeText.parse(text, now: now) { return time }
        throw CommandFailure(
            .usage, "\(option.name) wants a time such as 2026-11-24, 2026-11-24T10:15:00Z or 36h, not '\(text)'")
    }
}
