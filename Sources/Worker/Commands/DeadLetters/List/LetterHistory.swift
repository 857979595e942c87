import Kafka

/// What befell one record: the letters that it became, the replays between them, and how it stands.
struct LetterHistory {
    /// One thing that happened, with its time in RFC 3339.
    private struct Step {
        let at: String
        let what: String
    }

    /// A chain is this long at most: more replays of one record than anyone makes.
    private static let longest = 100
    private var steps: [Step] = []
    private(set) var status = LetterStatus.open

    /// Reads the earlier letters one by one, the audit once, and the later letters when this one was replayed.
    init(of record: Record, _ topic: DeadLetterTopic) throws(CommandFailure) {
        let place = LetterPlace(partition: record.partition, offset: record.offset)
        var chain: [(place: LetterPlace, record: Record)] = [(place, record)]
        while chain.count < LetterHistory.longest, let last = chain.last,
            let earlier = LetterHeaders(last.record).replayOf, !chain.contains(where: { $0.place == earlier }),
            let found = try topic.letter(at: earlier)
        {
            chain.append((earlier, found))
        }
        var entries: [LetterPlace: AuditEntry] = [:]
        let places = Set(chain.map(\.place))
        try topic.audit { place, entry in if places.contains(place) { entries[place] = entry } }
        for (index, link) in chain.enumerated() { add(link.record, link.place, isFirst: index == chain.count - 1) }
        for (place, entry) in entries { add(entry, place) }
        if let newest = entries[place]?.newest {
            status = newest.state.status
            if status == .replayed { try follow(place, newest, record.timestamp, topic) }
        }
        steps.sort { $0.at < $1.at }
    }

    /// A later letter that came of the newest replay, and how often.
    private mutating func follow(
        _ place: LetterPlace, _ replay: AuditEvent, _ since: Int64, _ topic: DeadLetterTopic
    ) throws(CommandFailure) {
        var found: [(Record, LetterPlace)] = []
        try topic.letters(since: since) { later, headers in
            guard headers.replayOf == place, headers.replayID == replay.run else { return }
            found.append((later, LetterPlace(partition: later.partition, offset: later.offset)))
        }
        for (later, place) in found {
            status = .refailed
            add(later, place, isFirst: false)
        }
    }

    private mutating func add(_ record: Record, _ place: LetterPlace, isFirst: Bool) {
        let headers = LetterHeaders(record)
        let at = record.header(LetterHeaderName.at).map { String(decoding: $0, as: UTF8.self) } ?? ""
        let again = isFirst ? "failed" : "failed again"
        let repeats = headers.repeats > 1 ? ", the same way for the \(headers.repeats). time" : ""
        steps.append(
            Step(at: at, what: "\(again): \(headers.category)/\(headers.reason)\(repeats)  \(place.options)"))
    }

    private mutating func add(_ entry: AuditEntry, _ place: LetterPlace) {
        for event in entry.earlier + [entry.newest] {
            var what = "\(event.state.rawValue) by \(event.by), run \(event.run)"
            if let target = event.target { what += ", to \(target.topic) \(target.partition)/\(target.offset)" }
            if !event.edits.isEmpty { what += ", with \(event.edits.joined(separator: ", "))" }
            if let note = event.note { what += ": \(note)" }
            steps.append(Step(at: event.at, what: what))
        }
    }

    /// Oldest first.
    var lines: [String] {
        TextTable.aligned(steps.map { ["  \(PersonalData.printable($0.at))", PersonalData.printable($0.what)] })
    }
}
