import Engine
import Estates
import Kafka

/// One run of `proklama erase`: survey, question, order, answer.
struct Erasing {
    private static let longestNote = 1000
    private let arguments: Arguments
    private let console: Console
    private let settings: WorkerSettings
    private let key: String
    private let patience: Int64
    private var asJSON: Bool { arguments.has(EraseCommand.json) }

    init(_ arguments: Arguments, _ console: Console, _ settings: WorkerSettings) throws(CommandFailure) {
        self.arguments = arguments
        self.console = console
        self.settings = settings
        guard settings.mode == .live else {
            throw CommandFailure(
                .usage,
                "erase with the settings of the worker that files: the order goes to the inputs, which its shadow reads too, and "
                    + "each erases its own ledger")
        }
        guard let key = arguments.value(EraseCommand.key), !key.isEmpty else {
            throw CommandFailure(.usage, "say whom, with \(EraseCommand.key.name): the record key of their requests")
        }
        self.key = key
        let note = arguments.value(EraseCommand.note) ?? ""
        guard note.utf8.count <= Erasing.longestNote else {
            throw CommandFailure(.usage, "\(EraseCommand.note.name) is longer than \(Erasing.longestNote) bytes")
        }
        let wait = arguments.value(EraseCommand.wait) ?? "30s"
        guard let patience = DurationText.parse(wait) else {
            throw CommandFailure(.usage, "\(EraseCommand.wait.name) wants a time such as 30s or 5m, not '\(wait)'")
        }
        self.patience = patience
        guard arguments.has(EraseCommand.yes) || arguments.has(EraseCommand.dryRun) || Confirmation.isPossible else {
            throw CommandFailure(.usage, "nobody can be asked here: look with --dry-run, then give --yes")
        }
    }

    func run() throws(CommandFailure) -> ExitStatus {
        let letters = try DeadLetterTopic(settings, console)
        let plan = try ErasePlan(key: key, letters)
        let report = EraseReport(plan, mark: ErasureOrder.mark(of: plan.key))
        guard !plan.person.partitions.isEmpty || plan.openLetters > 0 else {
            return end(report, .unknown, ["nothing is known of this key in \(settings.topics.ledger)"] + report.earlier)
        }
        guard plan.obstacles.isEmpty else { return end(report, .refused, ["not erased:"] + plan.obstacles) }
        say("\(report.filingsText) in \(settings.topics.ledger), and nothing stands in the way")
        if arguments.has(EraseCommand.dryRun) {
            say("dry run: nothing was written")
            return end(report, .dryRun, [])
        }
        guard arguments.has(EraseCommand.yes) || Confirmation.ask("Erase \(report.filingsText)?", console) else {
            return end(report, .declined, ["nothing was written"])
        }
        return try order(plan, report)
    }

    private func order(_ plan: ErasePlan, _ report: EraseReport) throws(CommandFailure) -> ExitStatus {
        let identity = RunIdentity(id: nil, note: arguments.value(EraseCommand.note), now: Log.now())
        let order = ErasureOrder(id: identity.id, by: identity.by, note: identity.note, mark: report.mark)
        var report = report
        report.id = order.id
        let sent = EraseOrders(settings)
        report.orders = try sent.send(order, to: plan.person.partitions, key: plan.key)
        let places = report.orders.map { "\(settings.topics.claimRequests)/\($0.partition) at \($0.offset)" }
        say("order \(order.id) stands in \(places.joined(separator: ", "))")
        report.answers = try sent.await(report.orders, after: plan.ends, milliseconds: patience) {
            console.progress("waiting for a worker")
        }
        console.clearProgress()
        guard report.answers.count == report.orders.count else {
            return end(
                report, .queued,
                [
                    """
                    no worker has taken the order in yet. It stays where it is, and the first one that does carries it out. Is \
                    one running, with its gate open? The same command tells what has become of it
                    """
                ])
        }
        let obstacles = ErasePlan.obstacles(report.unfinished)
        guard obstacles.isEmpty else {
            return end(report, .refused, ["not erased, something came before the order:"] + obstacles)
        }
        say("erased: \(report.erased) filing\(report.erased == 1 ? "" : "s")")
        say("other topics keep their records until their retention: docs/privacy.md")
        return end(report, .erased, [])
    }

    private func end(_ report: EraseReport, _ state: EraseReport.State, _ complaints: [String]) -> ExitStatus {
        for line in complaints { console.complain(line) }
        if asJSON { console.print(report.json(state)) }
        return state.status
    }

    /// Part of the result for people, who are not the only ones to see it as JSON.
    private func say(_ line: String) { if asJSON { console.complain(line) } else { console.print(line) } }
}
