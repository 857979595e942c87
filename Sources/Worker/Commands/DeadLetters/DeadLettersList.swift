import Estates
import JSON
import Kafka

/// `proklama dead-letters list`.
enum DeadLettersList {
    static let json = CommandOption("--json", "one JSON object a line")
    static let each = CommandOption("--each", "a line for each dead letter instead of a summary")

    static let command = Subcommand(
        "dead-letters list", "counts dead letters by category and reason",
        options: SettingsOptions.both + LetterFilter.all + [each, json],
        notes: """
            It reads the topic once, from its beginning or --since to where it ends now, and changes nothing: no consumer group
            is joined and no offset committed. Exit status 1 when nothing matches. docs/failures.md has all reasons.
            """,
        examples: [
            "proklama dead-letters list -c proklama.properties",
            "proklama dead-letters list -c proklama.properties --category certificate --since 36h",
            "proklama dead-letters list -c proklama.properties --reason 'estate-*' --each --json | jq .source",
        ],
        body: { arguments, console throws(CommandFailure) in try list(arguments, console) })

    private static func list(_ arguments: Arguments, _ console: Console) throws(CommandFailure) -> ExitStatus {
        let filter = try LetterFilter(arguments, now: Log.now().milliseconds)
        let settings = try SettingsOptions.load(arguments, for: .kafka)
        let showsEach = arguments.has(each)
        let asJSON = arguments.has(json)
        var summary = LetterSummary()
        try DeadLetterTopic.read(settings, since: filter.since, console) { record in
            let headers = LetterHeaders(record)
            guard filter.takes(headers, timestamp: record.timestamp) else { return }
            summary.add(record, headers)
            if showsEach { console.print(asJSON ? object(record, headers) : line(record, headers)) }
        }
        if summary.total == 0 {
            console.complain("no dead letter matches")
            return .foundWrong
        }
        if showsEach { return .done }
        for line in asJSON ? summary.json : summary.lines { console.print(line) }
        if !asJSON {
            console.print(
                "\(summary.total) in all. proklama dead-letters show --partition P --offset N shows one in full")
        }
        return .done
    }

    private static func line(_ record: Record, _ headers: LetterHeaders) -> String {
        PersonalData.printable(
            [
                Timestamp(milliseconds: record.timestamp).description, "\(headers.category)/\(headers.reason)",
                "--partition \(record.partition) --offset \(record.offset)", "from \(headers.source)",
            ].joined(separator: "  "))
    }

    private static func object(_ record: Record, _ headers: LetterHeaders) -> String {
        let bytes = JSONWriter.object { root in
            root.field("at", Timestamp(milliseconds: record.timestamp).description)
            root.field("category", headers.category)
            root.field("reason", headers.reason)
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
