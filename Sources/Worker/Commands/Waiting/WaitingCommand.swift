import Engine
import Estates
import Kafka

/// `proklama waiting`.
enum WaitingCommand {
    static let json = CommandOption("--json", "JSON: one object, or with --each one a line")
    static let each = CommandOption("--each", "a line for each person instead of a summary")

    static let command = Subcommand(
        "waiting", "lists who waits for an estate or the portal, since when and until when",
        options: SettingsOptions.both + WaitingFilter.all + [each, json],
        notes: """
            It reads the ledger once, one partition after the other, beside workers that run, and changes nothing: no
            consumer group is joined and no offset committed. A person is named by the record key alone. NEXT is the next
            search or try; the ledger is not told of each, and where only the worker knows it there is a dash. UNTIL is when
            the person's oldest request is given up if no estate appears (estate.wait.horizon of these settings).

              estate       the court has not opened the estate        attachments  not all of them are there
              retry        the portal failed and is tried again       look-up      the answer was lost
              held         not sent when the gate closed or its       under-way    a worker is at work on it, or died
                           worker left; goes on with the next call                 over it

            Exit status 1 when nobody waits. docs/waiting.md tells how often an estate is sought.
            """,
        examples: [
            "proklama waiting -c proklama.properties",
            "proklama waiting -c proklama.properties --each --until 56d",
            "proklama waiting -c proklama.properties --each --json --reference 'INV-2026-*' | jq .until",
        ],
        body: { arguments, console throws(CommandFailure) in try run(arguments, console) })

    private static func run(_ arguments: Arguments, _ console: Console) throws(CommandFailure) -> ExitStatus {
        let now = Log.now().milliseconds
        let filter = try WaitingFilter(arguments, now: now)
        let settings = try SettingsOptions.load(arguments, for: .kafka)
        let showsEach = arguments.has(each)
        let asJSON = arguments.has(json)
        var summary = WaitingSummary(now: now)
        try read(settings, console) { partition, number in
            let persons = partition.persons(number, filter, horizon: settings.engine.estateWaitHorizon, now: now)
            for person in persons { summary.add(person) }
            guard showsEach else { return }
            if asJSON {
                for person in persons { console.print(person.json(now: now)) }
            } else if !persons.isEmpty {
                let rows = [WaitingPerson.heading] + persons.map { $0.cells(now: now) }
                for line in TextTable.aligned(rows) { console.print(line) }
            }
        }
        guard summary.persons > 0 else {
            console.complain("nobody waits, or nobody that matches")
            return .foundWrong
        }
        if !showsEach { for line in asJSON ? [summary.json] : summary.lines { console.print(line) } }
        return .done
    }

    /// Reads the ledger to where it ends now, and hands each partition over when it is known.
    private static func read(
        _ settings: WorkerSettings, _ console: Console, _ visit: (WaitingPartition, Int32) -> Void
    ) throws(CommandFailure) {
        let topic = settings.topics.ledger
        let admin = try TopicsCommand.admin(settings)
        // Nothing is opened, so the keys are not needed, and a record sealed with a lost one does not matter.
        var blind = settings
        blind.encryption = nil
        let clients = KafkaClients(settings: blind, log: SettingsOptions.quietLog(settings))
        var problem: LedgerProblem?
        do throws(KafkaError) {
            let scan = try TopicScan(clients, topic: topic)
            let marks = try scan.marks(since: nil, admin)
            var pace = Pace()
            var done = 0
            for (number, mark) in marks.sorted(by: { $0.key < $1.key }) {
                var partition = WaitingPartition()
                if mark.low < mark.high { try scan.begin(within: [number: mark.low...(mark.high - 1)]) }
                while problem == nil, mark.low < mark.high, let record = try scan.next() {
                    do throws(LedgerProblem) { try partition.add(record) } catch { problem = error }
                    if pace.isDue() {
                        let share = (Double(done) + scan.share) / Double(marks.count)
                        console.progress("read \(Int(share * 100)) %")
                    }
                }
                done += 1
                console.clearProgress()
                if problem == nil { visit(partition, number) }
            }
        } catch {
            if DeadLetterTopic.isMissing(error) {
                throw CommandFailure(.foundWrong, "\(topic): there is no such topic")
            }
            throw CommandFailure(error, while: "reading \(topic)")
        }
        if let problem { throw CommandFailure(.foundWrong, "\(topic): \(problem)") }
    }
}
