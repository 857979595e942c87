import Engine
import JSON
import Kafka

/// `proklama keys`.
enum KeysCommand {
    static let json = CommandOption("--json", "one JSON object a line")

    static let command = Subcommand(
        "keys", "counts what is sealed with which key of encryption.key.file", options: SettingsOptions.both + [json],
        notes: """
            Reads the ledger and the dead letters once and changes nothing. A key that seals nothing any more may be taken
            out of the file. Waiting requests are sealed anew only when they are accepted again, dead letters never: both
            keep their key until they are settled, or fall to the topic's retention.
            Exit status 1 when something is sealed with a key that the file does not have. docs/privacy.md tells how keys
            are replaced.
            """,
        examples: ["proklama keys -c proklama.properties", "proklama keys -c proklama.properties --json"],
        body: { arguments, console throws(CommandFailure) in try run(arguments, console) })

    private static func run(_ arguments: Arguments, _ console: Console) throws(CommandFailure) -> ExitStatus {
        let settings = try SettingsOptions.load(arguments, for: .kafka)
        let use = try count(settings)
        for line in arguments.has(json) ? json(use) : lines(use) { console.print(line) }
        guard use.missing.isEmpty else {
            let names = use.missing.map { "'\($0)'" }.joined(separator: ", ")
            console.complain("encryption.key.file does not have \(names): put it back, below the others")
            return .foundWrong
        }
        return .done
    }

    private static func count(_ settings: WorkerSettings) throws(CommandFailure) -> KeyUse {
        var use = KeyUse(settings.encryption?.keyring)
        let admin = try TopicsCommand.admin(settings)
        // Without keys nothing is opened, so each record still says what it is sealed with.
        var blind = settings
        blind.encryption = nil
        let clients = KafkaClients(settings: blind, log: SettingsOptions.quietLog(settings))
        let topics = settings.topics
        do throws(KafkaError) {
            var waiting: [LedgerKey: String?] = [:]
            let ledger = try TopicScan(clients, topic: topics.ledger)
            try ledger.begin(admin)
            while let record = try ledger.next() {
                guard let key = record.key.flatMap({ LedgerKey($0, partition: record.partition) }),
                    case .request = key
                else { continue }
                if record.value == nil {
                    waiting[key] = nil
                } else {
                    waiting[key] = .some(StoredRequest.sealingKey(record))
                }
            }
            for (_, key) in waiting { use.countWaiting(key) }
            let letters = try TopicScan(clients, topic: topics.deadLetters)
            try letters.begin(admin)
            while let record = try letters.next() {
                if record.value != nil { use.countDeadLetter(sealingKey(record)) }
            }
        } catch {
            throw CommandFailure(error, while: "reading \(topics.ledger) and \(topics.deadLetters)")
        }
        return use
    }

    private static func sealingKey(_ record: Record) -> String? {
        record.header(Seal.header).map { String(decoding: $0, as: UTF8.self) }
    }

    private static func lines(_ use: KeyUse) -> [String] {
        TextTable.aligned(
            [["KEY", "WAITING REQUESTS", "DEAD LETTERS", ""]]
                + use.rows.map { row in
                    let note = row.isFirst ? "seals what is new" : row.isKnown ? "" : "MISSING from the file"
                    return [
                        PersonalData.printable(row.key ?? "(not sealed)"), String(row.waiting),
                        String(row.deadLetters), note,
                    ]
                })
    }

    private static func json(_ use: KeyUse) -> [String] {
        use.rows.map { row in
            let bytes = JSONWriter.object { root in
                root.field("key", row.key)
                root.field("sealed", row.key != nil)
                root.field("waitingRequests", row.waiting)
                root.field("deadLetters", row.deadLetters)
                root.field("known", row.isKnown)
                root.field("first", row.isFirst)
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    }
}
