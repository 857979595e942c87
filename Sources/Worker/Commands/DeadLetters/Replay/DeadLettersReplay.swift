import Engine

/// `proklama dead-letters replay`.
enum DeadLettersReplay {
    static let maxReplays = CommandOption(
        "--max-replays", value: "N", "refuse what has failed the same way N times (3)")
    static let editHeader = CommandOption(
        "--edit-header", value: "NAME=VALUE", "give a header another value, or add it; repeatable")
    static let toTopic = CommandOption(
        "--to-topic", value: "TOPIC", "put them there instead; partitions follow from the keys")

    static let command = Subcommand(
        "dead-letters replay", "puts dead letters back where they came from, each exactly once",
        options: SettingsOptions.both + LetterFilter.all + DealingOptions.all + [maxReplays, editHeader, toTopic],
        notes: """
            Each record goes back to its topic and partition with its key, value and headers to the byte, and headers
            proklama.replay.*. The record and the note in the audit topic are one transaction, and one process at a time may
            write: interrupted in any way and begun again, each letter is put back once, and of two that run at the same time
            the later one goes on. A letter that was replayed or discarded before is left out unless --again.

            Ctrl-C ends it between two transactions (exit status 1, and the same command goes on). Exit status 0: nothing is
            left. 1: stopped, something was refused, or nothing matched.
            """,
        examples: [
            "proklama dead-letters replay -c proklama.properties --category certificate --dry-run",
            "proklama dead-letters replay -c proklama.properties --category certificate --rate 50/s --note 'renewed'",
            "proklama dead-letters replay -c proklama.properties --where proklama.error.fingerprint=3f2a* --limit 10 --yes",
        ],
        body: { arguments, console throws(CommandFailure) in try replay(arguments, console) })

    private static func replay(_ arguments: Arguments, _ console: Console) throws(CommandFailure) -> ExitStatus {
        let limit = try arguments.number(maxReplays, in: 1...1_000_000) ?? 3
        var changes = ReplayChanges(topic: arguments.value(toTopic))
        for text in arguments.values(editHeader) {
            let edit = try HeaderAssignment.parse(text, of: editHeader)
            guard !edit.name.hasPrefix("proklama.") else {
                throw CommandFailure(.usage, "\(editHeader.name): headers proklama.* are written by us only")
            }
            changes.headers.append(edit)
        }
        let settings = try SettingsOptions.load(arguments, for: .kafka)
        guard settings.mode == .live else {
            throw CommandFailure(
                .usage,
                "a shadow's dead letters are not replayed: that would write to the inputs, which it shares with the worker "
                    + "that files. Correct what is wrong, and let the sender send again")
        }
        if let topic = changes.topic { try check(topic, settings) }
        let obstacles = ObstacleCheck(topics: settings.topics, target: changes.topic, mostRepeats: limit)
        return try Dealing(arguments: arguments, console: console, settings: settings, action: .replay(changes))
            .run(obstacle: obstacles.obstacle)
    }

    /// It must be there, and none that only the worker writes.
    private static func check(_ topic: String, _ settings: WorkerSettings) throws(CommandFailure) {
        if settings.topics.all.contains(topic), settings.topics.input(named: topic) == nil {
            throw CommandFailure(.usage, "\(toTopic.name): only the worker writes to \(topic)")
        }
        guard try TopicsCommand.hasTopic(topic, try TopicsCommand.admin(settings)) else {
            throw CommandFailure(.foundWrong, "\(toTopic.name): there is no topic \(topic)")
        }
    }
}
