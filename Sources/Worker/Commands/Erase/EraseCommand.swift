import Engine
import Estates
import Kafka

/// `proklama erase`.
enum EraseCommand {
    static let key = CommandOption("--key", value: "KEY", "the person's record key")
    static let dryRun = CommandOption("--dry-run", "show what would be erased, and what stands in the way")
    static let yes = CommandOption("--yes", "do not ask")
    static let note = CommandOption("--note", value: "TEXT", "why, for the record of it; name nobody")
    static let wait = CommandOption("--wait", value: "TIME", "how long to wait for a worker (30s)")
    static let json = CommandOption("--json", "the result as one JSON object")

    static let command = Subcommand(
        "erase", "removes a person from the ledger",
        options: SettingsOptions.both + [key, dryRun, yes, note, wait, json],
        notes: """
            Forgets all that is filed under a record key, once nothing of the person is pending, in doubt, or an open dead
            letter. The command writes an order into the claim requests, and the worker that owns the partition carries it out
            after all requests before it: tombstones for the filings and a record of the erasure, in one transaction. That
            record stays in the ledger; it says who, when, why and how many, and names nobody.

            A request for the same filing that comes later is a new one: it is filed again. The portal keeps what it has.
            What Kafka still holds in other topics goes with their retention: docs/privacy.md says what, and for how long.

            The order is carried out once, whoever is killed, and when no worker runs it waits for one.
            Exit status 1 when nothing is known of the key, when something stands in the way, or when no worker has answered.
            """,
        examples: [
            "proklama erase -c proklama.properties --key 7cbff6b42769f95c4ca41d3504c4c18b --dry-run",
            "proklama erase -c proklama.properties --key 7cbff6b42769f95c4ca41d3504c4c18b --note 'case 4711' --yes",
        ],
        body: { arguments, console throws(CommandFailure) in
            try Erasing(arguments, console, try SettingsOptions.load(arguments, for: .kafka)).run()
        })
}
