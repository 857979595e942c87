import Kafka
import Testing

@testable import Worker

@Suite struct ProgramTests {
    @Test(arguments: WorkerCommands.all.map(\.name)) func everyCommandExplainsItselfWithExamples(_ name: String) throws
    {
        let words = name.split(separator: " ").map(String.init) + ["--help"]
        let screen = Screen()
        #expect(Program(commands: WorkerCommands.all).run(words, screen.console) == .done)
        #expect(screen.out.contains("USAGE\n  proklama \(name) "))
        #expect(screen.out.contains("EXAMPLES\n"))
        #expect(screen.out.contains("--help"))
        let command = try #require(WorkerCommands.all.first { $0.name == name })
        for option in command.options { #expect(screen.out.contains(option.name)) }
        let tooWide = screen.out.split(separator: "\n").filter { $0.count > 130 }
        #expect(tooWide.isEmpty)
        #expect(screen.err.isEmpty)
    }

    @Test func theProgramListsAllCommands() {
        let (status, screen) = Screen.run("--help")
        #expect(status == .done)
        for command in WorkerCommands.all { #expect(screen.out.contains("  \(command.name) ")) }
    }

    @Test func versionsAreTold() {
        #expect(
            Screen.run("--version").screen.out
                == "proklama \(ProductVersion.text), librdkafka \(KafkaLibrary.version)\n")
    }

    @Test func nothingIsUsage() {
        let (status, screen) = Screen.run()
        #expect(status == .usage)
        #expect(screen.out.isEmpty)
        #expect(screen.err.contains("USAGE"))
    }

    @Test(arguments: [
        (["rnu"], "proklama run?"), (["topics", "verfy"], "proklama topics verify?"),
        (["dead-leters", "list"], "proklama dead-letters?"), (["run", "--print-confg"], "--print-config?"),
        (["topics", "create", "--partition=3"], "--partitions?"),
        (["topics", "create", "--partitions", "none"], "a whole number from 1 to 10000, not 'none'"),
        (["topics", "create", "--partitions"], "--partitions N"), (["run", "now"], "unexpected 'now'"),
        (["check", "--json=yes"], "--json takes no value"), (["send"], "death-notifications"),
        (["send", "claims"], "claim-requests?"), (["check", "--search-cpr", "1234"], "DDMMYY"),
        (["dead-letters", "show"], "--partition and --offset, or --reference"),
        (["dead-letters", "list", "--since", "yesterday"], "not 'yesterday'"),
    ])
    func wrongUseIsToldWhatIsRight(_ words: [String], _ hint: String) {
        let screen = Screen()
        #expect(Program(commands: WorkerCommands.all).run(words, screen.console) == .usage)
        #expect(screen.err.contains(hint), "\(screen.err)")
        #expect(screen.out.isEmpty)
    }

    @Test func wrongSettingsHaveAStatusOfTheirOwn() {
        let (status, screen) = Screen.run(
            "topics", "verify", "--set", "no.such=1", "--set", "kafka.bootstrap.servers=x")
        #expect(status == .settings)
        #expect(screen.err.contains("no.such (--set)"))
    }

    @Test func printConfigShowsWhatIsInForce() {
        let (status, screen) = Screen.run(
            "run", "--print-config", "--set", "kafka.bootstrap.servers=b:1", "--set=portal.environment=simulator",
            "--set",
            "portal.url=http://127.0.0.1:1", "--set", "portal.token.auth=none", "--set", "kafka.sasl.password=hunter2")
        #expect(status == .done)
        #expect(screen.out.contains("group.id=proklama\n"))
        #expect(screen.out.contains("kafka.bootstrap.servers=b:1\n"))
        #expect(screen.out.contains("filing.lease=40000ms\n"))
        #expect(screen.out.contains("kafka.session.timeout.ms=15000\n"))
        #expect(!screen.out.contains("hunter2"))
    }

    @Test func operandsMayLookLikeOptionsAfterTwoHyphens() throws {
        let command = try #require(WorkerCommands.all.first { $0.name == "send" })
        let arguments = try Arguments(["-c", "a", "claim-requests", "--", "--help"], of: command)
        #expect(arguments.operands == ["claim-requests", "--help"])
        #expect(arguments.value(SettingsOptions.file) == "a")
    }
}
