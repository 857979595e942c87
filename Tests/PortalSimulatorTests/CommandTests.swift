import Testing

@testable import PortalSimulator

@Suite("The command line is understood, or refused with the reason")
struct CommandTests {
    private func options(_ arguments: String...) throws -> PortalSimulator.Options? {
        guard case .serve(let options) = try SimulatorArguments.parse(arguments) else { return nil }
        return options
    }

    @Test func everyOptionIsRead() throws {
        let options = try options(
            "--listen", "0.0.0.0:9000", "--any-estate", "--latency=20-50", "--fault", "answer-lost=0.5", "--fault",
            "slow-seconds=2", "--seed", "7", "--token-auth", "none", "--token-lifetime", "10", "--idempotency", "on",
            "--strict-references", "--journal", "filings.jsonl")
        #expect(options?.listenAddress == "0.0.0.0")
        #expect(options?.port == 9000)
        #expect(options?.anyEstate == true)
        #expect(options?.latency == .random(20...50))
        #expect(options?.faults == ["answer-lost": 0.5, "slow-seconds": 2])
        #expect(options?.seed == 7)
        #expect(options?.tokenAuthentication == TokenAuthentication.none)
        #expect(options?.tokenLifetimeSeconds == 10)
        #expect(options?.keepsIdempotencyKeys == true)
        #expect(options?.refusesKnownReferences == true)
        #expect(options?.journalPath == "filings.jsonl")
    }

    @Test(arguments: [
        ["--nonsense"], ["--latency", "x"], ["--latency", "50-20"], ["--fault", "error"], ["--fault", "nonsense=1"],
        ["--fault", "error=2"], ["--listen", "host:port"], ["--seed"], ["--token-auth", "x"], ["--idempotency", "x"],
        ["--tls-cert", "/dev/null"], ["--client-ca", "/dev/null"], ["--token-auth", "mtls"], ["stray"],
    ])
    func aWrongOptionExitsWith64(arguments: [String]) { #expect(SimulatorCommand.run(arguments) == 64) }

    @Test func aFileThatIsNotThereExitsWith66() {
        #expect(SimulatorCommand.run(["--estates", "/nonexistent"]) == 66)
    }

    @Test func aPortInUseExitsWith69() throws {
        let creditor = try Creditor()
        #expect(SimulatorCommand.run(["--listen", "127.0.0.1:\(creditor.simulator.port)"]) == 69)
    }

    @Test func helpAndVersionExitWith0() {
        #expect(SimulatorCommand.run(["--help"]) == 0)
        #expect(SimulatorCommand.run(["--version"]) == 0)
    }

    @Test func estatesAreReadFromAFileAndAWrongLineIsNamed() throws {
        let file = Shell.run("mktemp").output
        let path = String(file.dropLast())
        defer { _ = Shell.run("rm -f '\(path)'") }
        let good = #"{"doedsbojournalId":"E1","afdoed":{"cprNummer":"6101901234"},"tilgaengeligFra":"+30s"}"#
        _ = Shell.run("printf '%s\\n\\n%s\\n' '\(good)' '\(good)' > '\(path)'")
        #expect(try options("--estates", path)?.estates.count == 2)
        _ = Shell.run("printf '%s\\n' '{}' >> '\(path)'")
        #expect(SimulatorCommand.run(["--estates", path]) == 65)
        #expect(throws: SimulatorError.invalidEstate("\(path), line 4: doedsbojournalId is missing")) {
            try options("--estates", path)
        }
    }
}
