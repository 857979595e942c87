import Glibc
import Portal

/// `proklama run`.
enum RunCommand {
    static let printConfig = CommandOption("--print-config", "print the settings in force, secrets masked, and end")

    static let command = Subcommand(
        "run", "the worker, until SIGTERM or SIGINT", options: SettingsOptions.both + [printConfig],
        notes: """
            On SIGTERM or SIGINT it takes nothing new, finishes what is under way (drain.timeout), commits, and leaves with
            exit status 0. A second signal ends it at once, which is safe too: whoever comes next settles what is left.
            Every setting can stand in the environment: PROKLAMA_PORTAL_TOKEN_URL is portal.token.url.
            """,
        examples: [
            "proklama run -c proklama.properties",
            "proklama run -c proklama.properties --set instance.id=worker-1 --set admin.listen=0.0.0.0:9464",
            "proklama run -c proklama.properties --print-config",
        ],
        body: { arguments, console throws(CommandFailure) in try run(arguments, console) })

    private static func run(_ arguments: Arguments, _ console: Console) throws(CommandFailure) -> ExitStatus {
        // People read text, programs JSON.
        let defaults: [SettingKey: String] = isatty(STDERR_FILENO) == 1 ? [.logFormat: "text"] : [:]
        let settings = try SettingsOptions.load(arguments, for: .everything, defaults: defaults)
        if arguments.has(printConfig) {
            for (name, text) in settings.effective { console.print("\(name)=\(text)") }
            return .done
        }
        let log = Log(level: settings.logLevel, format: settings.logFormat)
        try TopicGate.pass(settings, log)
        // Not earlier: while the brokers are waited for, a signal may simply end the process.
        StopSignals.block()
        let worker: Worker
        do throws(WorkerStartError) { worker = try Worker(settings: settings, log: log) } catch {
            throw CommandFailure(.settings, error.description)
        }
        worker.stopOnSignals()
        let server = try RunCommand.server(settings, worker, log)
        let status = worker.run()
        server?.stop()
        return ExitStatus(rawValue: status) ?? .bug
    }

    private static func server(
        _ settings: WorkerSettings, _ worker: Worker, _ log: Log
    ) throws(CommandFailure) -> AdminServer? {
        guard let listen = settings.adminListen else { return nil }
        do throws(AdminServerError) {
            let server = try AdminServer(
                listen: listen, environment: settings.portal.environment.rawValue, inspect: worker.inspector)
            log.info("admin.listening", "health, metrics and status are served", ["port": .number(Int64(server.port))])
            return server
        } catch {
            throw CommandFailure(.settings, "admin.listen: \(error)")
        }
    }
}
