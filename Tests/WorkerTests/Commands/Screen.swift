import Glibc
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

    /// The same, with a file of these lines as the last word.
    static func run(_ words: String..., on lines: [String]) throws -> (status: ExitStatus, screen: Screen) {
        var path = Array("/tmp/proklama-lines-XXXXXX".utf8CString)
        let descriptor = mkstemp(&path)
        let text = Array(lines.joined(separator: "\n").utf8)
        guard descriptor >= 0, write(descriptor, text, text.count) == text.count, close(descriptor) == 0 else {
            throw FileProblem(description: String(cString: strerror(errno)))
        }
        defer { unlink(path) }
        let name = String(decoding: path.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let screen = Screen()
        return (Program(commands: WorkerCommands.all).run(words + [name], screen.console), screen)
    }
}
