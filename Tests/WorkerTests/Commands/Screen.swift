import Synchronization

@testable import Worker

/// Collects what a command writes.
final class Screen: Sendable {
    private let texts = Mutex((out: "", err: ""))

    var out: String { texts.withLock { $0.out } }
    var err: String { texts.withLock { $0.err } }

    var console: Console {
        Console(
            isTerminal: false, out: { text in self.texts.withLock { $0.out += text } },
            err: { text in self.texts.withLock { $0.err += text } })
    }

    /// Runs the program with these words.
    static func run(_ words: String...) -> (status: ExitStatus, screen: Screen) {
        let screen = Screen()
        return (Program(commands: WorkerCommands.all).run(words, screen.console), screen)
    }
}
