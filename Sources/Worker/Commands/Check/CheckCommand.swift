import Engine
import Estates
import Kafka
import Portal

/// `proklama check`.
enum CheckCommand {
    static let json = CommandOption("--json", "one JSON object a line")
    static let searchCPR = CommandOption(
        "--search-cpr", value: "CPR", "whom to search for; needed in production only")

    static let command = Subcommand(
        "check", "tries everything that a worker needs: settings, certificate, token, search, topics",
        options: SettingsOptions.both + [json, searchCPR],
        notes: """
            It files nothing and writes nothing. Outside production it searches for a substitute CPR number, which nobody
            has. Each line says what was found and, where something is wrong, what was expected and what to do. Exit status 1
            when a check fails, 78 when the settings cannot be read at all.
            """,
        examples: [
            "proklama check -c proklama.properties",
            "proklama check -c proklama.properties --json | jq -r 'select(.verdict == \"failed\") | .remedy'",
        ],
        body: { arguments, console throws(CommandFailure) in try check(arguments, console) })

    private static func check(_ arguments: Arguments, _ console: Console) throws(CommandFailure) -> ExitStatus {
        var person: CPRNumber?
        if let text = arguments.value(searchCPR) {
            guard let number = CPRNumber(text) else {
                throw CommandFailure(.usage, "--search-cpr wants DDMMYYNNNN or DDMMYY-NNNN with a date that exists")
            }
            person = number
        }
        var results: [CheckResult] = []
        func report(_ new: [CheckResult]) {
            results += new
            for result in new { console.print(arguments.has(json) ? result.json : result.line) }
        }
        let settings: WorkerSettings
        do throws(SettingsProblems) { settings = try SettingsOptions.read(arguments, for: .everything) } catch {
            report(error.messages.map { CheckResult("settings", .failed, $0) })
            return .settings
        }
        report([CheckResult("settings", .ok, "\(settings.effective.count) are in force")])
        report([mode(settings)])
        report([attachments(settings.portal.attachmentFolder)])
        console.progress("asking the portal …")
        report(PortalChecks(settings: settings.portal, searchCPR: person).results())
        console.progress("asking Kafka …")
        report(kafka(settings))
        return results.contains { $0.verdict == .failed } ? .foundWrong : .done
    }

    private static func mode(_ settings: WorkerSettings) -> CheckResult {
        switch settings.mode {
        case .live: CheckResult("mode", .ok, "live: group \(settings.groupID) files")
        case .shadow:
            CheckResult(
                "mode", .ok,
                "shadow: nothing is filed; group \(settings.groupID) answers on \(settings.topics.claimReplies) and others"
            )
        }
    }

    private static func attachments(_ folder: AttachmentFolder?) -> CheckResult {
        guard let folder else {
            return CheckResult("attachments", .skipped, "attachments.folder is not set: requests may name no files")
        }
        do throws(AttachmentFailure) { try folder.check() } catch {
            return CheckResult(
                "attachments", .failed, error.detail, expected: "a folder that this user may read",
                remedy: "see attachments.folder, and that what it names is mounted")
        }
        return CheckResult("attachments", .ok, "\(folder.path) can be read")
    }

    private static func kafka(_ settings: WorkerSettings) -> [CheckResult] {
        let servers = settings.kafka["bootstrap.servers"] ?? ""
        let brokers: [Broker]
        let problems: [TopicProblem]
        do throws(KafkaError) {
            let admin = try KafkaClients(settings: settings, log: SettingsOptions.quietLog(settings)).admin()
            brokers = try admin.brokers(milliseconds: 10_000)
            problems = try TopicPlan(settings).verify(admin)
        } catch {
            return [
                CheckResult(
                    "kafka", .failed, error.message, expected: "a broker that answers at \(servers)",
                    remedy: "see that kafka.bootstrap.servers is right, that the brokers are up, and kafka.security.*")
            ]
        }
        let found = CheckResult("kafka", .ok, "\(brokers.count) broker\(brokers.count == 1 ? "" : "s") at \(servers)")
        return [found] + topics(problems)
    }

    /// What is wrong with the topics, or that nothing is.
    static func topics(_ problems: [TopicProblem]) -> [CheckResult] {
        let topics = problems.map { problem in
            CheckResult(
                "topics", problem.severity == .error ? .failed : .warning, "\(problem.topic): \(problem.found)",
                expected: problem.expected, remedy: problem.remedy)
        }
        if topics.contains(where: { $0.verdict == .failed }) { return topics }
        return [CheckResult("topics", .ok, "all \(TopicRole.allCases.count) are as the worker needs them")] + topics
    }
}
