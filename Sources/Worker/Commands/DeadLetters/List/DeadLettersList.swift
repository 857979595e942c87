import Estates
import JSON
import Kafka

/// `proklama dead-letters list`.
enum DeadLettersList {
    static let json = CommandOption("--json", "one JSON object a line")
    static let each = CommandOption("--each", "a line for each dead letter instead of a summary")
    static let byFingerprint = CommandOption(
        "--by-fingerprint", "a row for each way of failing: also by stage, HTTP status and place in the record")

    static let command = Subcommand(
        "dead-letters list", "counts dead letters by category and reason",
        options: SettingsOptions.both + LetterFilter.all + [each, byFingerprint, json],
        notes: """
            It reads the audit topic and then the dead letters once, from the beginning or --since to where they end now, and
            changes nothing: no consumer group is joined and no offset committed. --each reads twice when there were replays,
            since only then it is known which of them failed again. A letter is open until it is replayed or discarded;
            refailed is one that was replayed in vain, and the later letter is counted as well.
            Exit status 1 when nothing matches. docs/failures.md has all reasons.
            """,
        examples: [
            "proklama dead-letters list -c proklama.properties",
            "proklama dead-letters list -c proklama.properties --category certificate --since 36h --status open",
            "proklama dead-letters list -c proklama.properties --reason 'estate-*' --each --json | jq .source",
            "proklama dead-letters list -c proklama.properties --where 'ce_source=/billing/*' --by-fingerprint",
        ],
        body: { arguments, console throws(CommandFailure) in try list(arguments, console) })

    private static func list(_ arguments: Arguments, _ console: Console) throws(CommandFailure) -> ExitStatus {
        let filter = try LetterFilter(arguments, now: Log.now().milliseconds)
        let topic = try DeadLetterTopic(try SettingsOptions.load(arguments, for: .kafka), console)
        let asJSON = arguments.has(json)
        let showsEach = arguments.has(each)
        let show = { (record: Record, headers: LetterHeaders, status: LetterStatus) in
            guard showsEach, filter.takes(status) else { return }
            console.print(asJSON ? object(record, headers, status) : line(record, headers, status))
        }
        let book = try topic.survey(filter, whenSure: { show($0, $1, $2.status) })
        let summary = LetterSummary(book, filter, by: arguments.has(byFingerprint) ? .fingerprint : .reason)
        if summary.total == 0 {
            console.complain("no dead letter matches")
            return .foundWrong
        }
        if showsEach {
            guard book.hasReplays else { return .done }
            try topic.letters(since: filter.since) { record, headers in
                let note = book[LetterPlace(partition: record.partition, offset: record.offset)]
                if note.kind != 0 { show(record, headers, note.status) }
            }
            return .done
        }
        for line in asJSON ? summary.json : summary.lines { console.print(line) }
        if !asJSON {
            console.print(
                "\(summary.total) in all, \(summary.open) open. proklama dead-letters show --partition P --offset N shows one "
                    + "in full")
        }
        return .done
    }

    private static func line(_ record: Record, _ headers: LetterHeaders, _ status: LetterStatus) -> String {
        PersonalData.printable(
            [
                Timestamp(milliseconds: record.timestamp).description, status.rawValue,
                "\(headers.category)/\(headers.reason)",
                LetterPlace(partition: record.partition, offset: record.offset).options, "from \(headers.source)",
            ].joined(separator: "  "))
    }

    private static func object(_ record: Record, _ headers: LetterHeaders, _ status: LetterStatus) -> String {
        let bytes = JSONWriter.object { root in
            root.field("at", Timestamp(milliseconds: record.timestamp).description)
            root.field("status", status.rawValue)
            root.field("category", headers.category)
            root.field("reason", headers.reason)
            root.field("fingerprint", headers.fingerprint)
            root.field("replays", headers.replayCount)
            root.field("partition", Int64(record.partition))
            root.field("offset", record.offset)
            root.object("source") { source in
                source.field("topic", headers.sourceTopic)
                source.field("partition", headers.sourcePartition.flatMap { Int64($0) })
                source.field("offset", headers.sourceOffset.flatMap { Int64($0) })
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
