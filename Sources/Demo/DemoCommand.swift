import EventLoop
import Glibc
import Kafka
import PortalSimulator
import Worker

/// `proklama demo`.
public enum DemoCommand {
    static let requests = CommandOption(
        "--requests", value: "N", "ordinary requests (300), with a death notification each")
    static let keep = CommandOption("--keep", "leave everything running at the end, until Ctrl-C")

    public static let command = Subcommand(
        "demo", "shows everything in one process: no broker, no network, no settings", options: [requests, keep],
        notes: """
            A worker files requests of all four kinds with a simulated portal, over librdkafka's in-process broker. The portal
            is out of order now and then and loses answers, one estate is opened late, and sixteen records fail, in nine ways.
            The table at the end holds every answer against what was expected; exit status 0 only if it adds up. The in-process broker proves nothing about exactly-once: make e2e and make chaos do, on a real one.
            """,
        examples: ["proklama demo", "proklama demo --requests 2000", "proklama demo --keep"],
        body: { arguments, console throws(CommandFailure) in
            let count = try arguments.number(requests, in: 1...DemoPerson.limit) ?? 300
            return arguments.has(keep) ? try showAndKeep(count, console) : try show(count, console)
        })

    private static func show(_ count: Int, _ console: Console) throws(CommandFailure) -> ExitStatus {
        let stage = try DemoStage()
        let isRight = try play(count, stage, console)
        guard let status = stage.stop() else {
            console.complain("the worker did not stop in time")
            return .foundWrong
        }
        return isRight && status == 0 ? .done : .foundWrong
    }

    private static func showAndKeep(_ count: Int, _ console: Console) throws(CommandFailure) -> ExitStatus {
        let stage = try DemoStage()
        _ = try play(count, stage, console)
        console.print(
            """

            still running, until Ctrl-C:
              Kafka      \(stage.cluster.bootstrapServers)
              portal     \(stage.simulator.url)/_audit
              endpoints  http://127.0.0.1:\(stage.server?.port ?? 0)/status, /metrics, /readyz, /livez
            """)
        console.flush()
        while true { pause() }
    }

    /// Produces, waits for all answers, and prints the table; true when it adds up.
    private static func play(_ count: Int, _ stage: DemoStage, _ console: Console) throws(CommandFailure) -> Bool {
        let began = MonotonicClock.milliseconds()
        let answers: Answers
        do throws(KafkaError) {
            answers = try Answers(stage.settings)
            let patience = Int64(120_000 + count * 20)
            for wave in DemoScript(requests: count).waves {
                try produce(wave, stage, answers, console)
                wait(for: answers, until: began + patience, stage, console)
            }
        } catch {
            throw CommandFailure(error, while: "producing")
        }
        let took = MonotonicClock.milliseconds() - began
        // A second answer to a record would come now.
        answers.read(milliseconds: 1000)
        let report = DemoReport(answers, stage.simulator.audit())
        for line in report.lines { console.print(line) }
        console.print("took              \(Double(took / 100) / 10) s")
        for problem in report.problems { console.print("WRONG             \(problem)") }
        console.print(report.addsUp ? "\neverything adds up" : "\nit does not add up")
        return report.addsUp
    }

    /// Waits until all that was produced is answered.
    private static func wait(for answers: Answers, until deadline: Int64, _ stage: DemoStage, _ console: Console) {
        var pace = Pace()
        while !answers.isComplete, MonotonicClock.milliseconds() < deadline {
            answers.read(milliseconds: 100)
            if pace.isDue() {
                console.progress(
                    "\(answers.answered) of \(answers.produced) answered, \(stage.simulator.audit().filings) filings at the portal"
                )
            }
        }
    }

    private static func produce(
        _ records: [DemoRecord], _ stage: DemoStage, _ answers: Answers, _ console: Console
    ) throws(KafkaError) {
        let producer = try Producer(settings: ["bootstrap.servers": stage.cluster.bootstrapServers], log: { _ in })
        var rest = records[...]
        while !rest.isEmpty {
            let part = rest.prefix(100)
            rest = rest.dropFirst(100)
            let outcomes = producer.deliver(
                part.map {
                    OutgoingRecord(topic: stage.settings.topics.name(of: $0.input), key: $0.key, value: $0.value)
                },
                milliseconds: 30_000)
            for (record, outcome) in zip(part, outcomes) { answers.expect(record.expectation, for: try outcome.get()) }
            answers.read(milliseconds: 0)
            console.progress("producing: \(answers.produced) of \(answers.produced + rest.count)")
        }
    }
}
