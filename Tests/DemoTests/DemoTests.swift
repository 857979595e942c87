import Demo
import Testing
import Worker

@Suite struct DemoTests {
    /// Worker, simulated portal and in-process broker, end to end. It takes some ten seconds.
    @Test(.timeLimit(.minutes(3))) func everythingAddsUp() {
        let console = Console(isTerminal: false, out: { _ in }, err: { _ in })
        #expect(Program(commands: [DemoCommand.command]).run(["demo", "--requests", "40"], console) == .done)
    }
}
