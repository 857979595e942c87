import Kafka

/// `proklama topics create` and `verify`.
enum TopicsCommand {
    static let partitions = CommandOption(
        "--partitions", value: "N", "of each topic (6, or as many as the inputs have); workers scale out to so many")
    static let replicationFactor = CommandOption(
        "--replication-factor", value: "N", "copies of each topic (the broker's default)")

    static let create = Subcommand(
        "topics create", "creates the topics that are missing, with the right settings",
        options: SettingsOptions.both + [partitions, replicationFactor],
        notes: """
            It never changes a topic that is there, and ends with what `proklama topics verify` says. The number of
            partitions cannot be raised later without care: it decides which worker owns whom.
            """,
        examples: [
            "proklama topics create -c proklama.properties --partitions 12 --replication-factor 3",
            "proklama topics create --set kafka.bootstrap.servers=127.0.0.1:9092",
        ],
        body: { arguments, console throws(CommandFailure) in try create(arguments, console) })

    static let verify = Subcommand(
        "topics verify", "tells how the topics differ from what the worker needs", options: SettingsOptions.both,
        notes: "Exit status 1 when there is an error; warnings alone do not count.",
        examples: ["proklama topics verify -c proklama.properties"],
        body: { arguments, console throws(CommandFailure) in
            let settings = try SettingsOptions.load(arguments, for: .kafka)
            return try verify(TopicPlan(settings), try admin(settings), console)
        })

    static func admin(_ settings: WorkerSettings) throws(CommandFailure) -> Admin {
        do throws(KafkaError) {
            return try KafkaClients(settings: settings, log: SettingsOptions.quietLog(settings)).admin()
        } catch {
            throw CommandFailure(.settings, "kafka.*: \(error.message)")
        }
    }

    /// Whether there is such a topic.
    static func hasTopic(_ name: String, _ admin: Admin) throws(CommandFailure) -> Bool {
        do throws(KafkaError) {
            switch try admin.describeTopics([name], milliseconds: 10_000)[name] {
            case .success: return true
            case .failure, nil: return false
            }
        } catch {
            throw CommandFailure(error, while: "looking for \(name)")
        }
    }

    private static func create(_ arguments: Arguments, _ console: Console) throws(CommandFailure) -> ExitStatus {
        let wanted = try arguments.number(partitions, in: 1...10_000)
        let copies = try arguments.number(replicationFactor, in: 1...100) ?? -1
        let settings = try SettingsOptions.load(arguments, for: .kafka)
        let plan = TopicPlan(settings)
        let admin = try admin(settings)
        do throws(KafkaError) {
            let survey = try plan.survey(admin)
            let existing = survey.facts.filter(\.key.isCoPartitioned).map(\.value.partitions).max()
            if let wanted, let existing, wanted != existing {
                console.complain(
                    "proklama: the inputs have \(existing) partitions already, so new topics get as many, not \(wanted)"
                )
            }
            let outcomes = try plan.create(
                missingFrom: survey, partitions: Int32(existing ?? wanted ?? 6), replicationFactor: Int32(copies), admin
            )
            for role in TopicRole.allCases {
                let name = role.name(in: settings.topics)
                switch outcomes[role] {
                case nil: console.print("there     \(name)")
                case .some(nil): console.print("created   \(name)")
                case .some(.some(let error)): console.print("failed    \(name): \(error.message)")
                }
            }
            if outcomes.values.contains(where: { $0 != nil }) { return .foundWrong }
            if !outcomes.isEmpty { try awaitMetadata(plan, admin) }
        } catch {
            throw CommandFailure(error, while: "creating topics")
        }
        return try verify(plan, admin, console)
    }

    /// A broker may need a moment to know what the controller has created.
    private static func awaitMetadata(_ plan: TopicPlan, _ admin: Admin) throws(KafkaError) {
        for _ in 0..<20 {
            if try plan.survey(admin).facts.count == TopicRole.allCases.count { return }
            NativeThread.sleep(milliseconds: 250)
        }
    }

    private static func verify(
        _ plan: TopicPlan, _ admin: Admin, _ console: Console
    ) throws(CommandFailure) -> ExitStatus {
        let problems: [TopicProblem]
        do throws(KafkaError) { problems = try plan.verify(admin) } catch {
            throw CommandFailure(error, while: "looking at the topics")
        }
        for problem in problems { console.print("\(problem.severity.rawValue)  \(problem)") }
        let errors = problems.count { $0.severity == .error }
        console.print(
            errors > 0 ? "\(errors) error\(errors == 1 ? "" : "s")" : "the topics are as the worker needs them")
        return errors > 0 ? .foundWrong : .done
    }
}
