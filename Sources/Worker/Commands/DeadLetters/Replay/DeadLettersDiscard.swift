/// `proklama dead-letters discard`.
enum DeadLettersDiscard {
    static let command = Subcommand(
        "dead-letters discard", "marks dead letters as dealt with, for a reason",
        options: SettingsOptions.both + LetterFilter.all + DealingOptions.all,
        notes: """
            Nothing is deleted: the audit topic says who discarded them, when and why, and a replay leaves them out unless
            --again. --note is required. Exit status as for replay.
            """,
        examples: [
            "proklama dead-letters discard -c proklama.properties --reason died-before-portal --note 'filed by mail' --yes",
            "proklama dead-letters discard -c proklama.properties --reference 'TEST-*' --note 'test data' --dry-run",
        ],
        body: { arguments, console throws(CommandFailure) in
            guard arguments.value(DealingOptions.note)?.isEmpty == false else {
                throw CommandFailure(.usage, "say why, with \(DealingOptions.note.name)")
            }
            let settings = try SettingsOptions.load(arguments, for: .kafka)
            return try Dealing(arguments: arguments, console: console, settings: settings, action: .discard)
                .run { _ in nil }
        })
}
