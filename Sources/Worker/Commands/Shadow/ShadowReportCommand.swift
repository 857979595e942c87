import Engine
import Estates
import Kafka

/// `proklama shadow report`.
enum ShadowReportCommand {
    static let json = CommandOption("--json", "one JSON object")

    static let command = Subcommand(
        "shadow report", "what a shadow would have filed, and what is in the way",
        options: SettingsOptions.both + [LetterFilter.since, LetterFilter.until, json],
        notes: """
            It reads the answers of the worker with mode=shadow once, whatever the mode in the settings, to where they end now,
            and its ledger for those that have no answer yet. It joins no group, changes nothing, and asks the portal nothing;
            what others have filed is known when the shadow ran with filing.adopt=true. Principals are those of claims as they
            would first be filed. Exit status 0: there are answers and no dead letters. 1: there are, or nothing was answered.
            """,
        examples: [
            "proklama shadow report -c proklama.properties",
            "proklama shadow report -c proklama.properties --since 24h --json | jq .creditors",
        ],
        body: { arguments, console throws(CommandFailure) in try report(arguments, console) })

    private static func report(_ arguments: Arguments, _ console: Console) throws(CommandFailure) -> ExitStatus {
        let filter = try LetterFilter(arguments, now: Log.now().milliseconds)
        let settings = try SettingsOptions.load(arguments, for: .kafka, overrides: ["mode=shadow"])
        var reading = Reading(
            since: filter.since, until: filter.until,
            clients: KafkaClients(settings: settings, log: SettingsOptions.quietLog(settings)),
            admin: try TopicsCommand.admin(settings), console: console)
        let topics = settings.topics
        try reading.read(topics.claimReplies) { $0.addClaimReply($1) }
        try reading.read(topics.estateReplies) { $0.addEstateReply($1) }
        try reading.read(topics.deadLetters) { $0.addLetter($1) }
        (reading.since, reading.until) = (nil, nil)
        try reading.read(topics.ledger) { $0.addLedger($1) }
        console.clearProgress()
        let tally = reading.tally
        if arguments.has(json) {
            console.print(tally.json)
        } else {
            console.print(
                "shadow of \(topics.claimRequests): group \(settings.groupID), answers on \(topics.claimReplies)")
            for line in tally.lines { console.print(line) }
        }
        return tally.answers > 0 && tally.letters.isEmpty && tally.strangers == 0 ? .done : .foundWrong
    }

    /// Topics that are read once, one after the other.
    private struct Reading {
        /// Milliseconds since 1970.
        var since: Int64?
        var until: Int64?
        let clients: KafkaClients
        let admin: Admin
        let console: Console
        var tally = ShadowTally()

        mutating func read(
            _ topic: String, _ add: (inout ShadowTally, Record) -> Void
        ) throws(CommandFailure) {
            do throws(KafkaError) {
                let scan = try TopicScan(clients, topic: topic)
                try scan.begin(since: since, admin)
                var pace = Pace()
                while let record = try scan.next() {
                    if until.map({ record.timestamp < $0 }) ?? true { add(&tally, record) }
                    if pace.isDue() { console.progress("\(topic): read \(Int(scan.share * 100)) %") }
                }
            } catch {
                if DeadLetterTopic.isMissing(error) {
                    throw CommandFailure(
                        .foundWrong,
                        "\(topic): there is no such topic. Has a shadow run here? proklama topics create --set mode=shadow"
                    )
                }
                throw CommandFailure(error, while: "reading \(topic)")
            }
        }
    }
}
