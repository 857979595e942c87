import Glibc
import Synchronization

/// Where a command writes: results to standard output, everything else to standard error.
public struct Console: Sendable {
    /// Remembers whether a line of progress stands on the terminal and must make way.
    private final class ProgressLine: Sendable {
        let isShown = Mutex(false)
    }

    private let out: @Sendable (String) -> Void
    private let err: @Sendable (String) -> Void
    /// Whether someone watches standard error.
    public let isTerminal: Bool
    private let progressLine = ProgressLine()

    public init(
        isTerminal: Bool, out: @escaping @Sendable (String) -> Void, err: @escaping @Sendable (String) -> Void
    ) {
        self.isTerminal = isTerminal
        self.out = out
        self.err = err
    }

    /// The process's own. Standard output is buffered: `flush` before the process ends.
    public static func standard() -> Console {
        Console(
            isTerminal: isatty(STDERR_FILENO) == 1, out: { Swift.print($0, terminator: "") },
            err: { text in
                var text = text
                text.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
            })
    }

    /// A line of the result.
    public func print(_ line: String) {
        clearProgress()
        out(line + "\n")
    }

    /// A line that is no result: an error, a warning, a remark.
    public func complain(_ line: String) {
        clearProgress()
        err(line + "\n")
    }

    /// On a terminal, replaces the line of progress; otherwise nothing.
    public func progress(_ text: @autoclosure () -> String) {
        guard isTerminal else { return }
        progressLine.isShown.withLock { $0 = true }
        err("\r\(text())\u{1B}[K")
    }

    /// Takes the line of progress away.
    public func clearProgress() {
        guard isTerminal else { return }
        let wasShown = progressLine.isShown.withLock { isShown in
            defer { isShown = false }
            return isShown
        }
        if wasShown { err("\r\u{1B}[K") }
    }

    /// Writes out what is buffered.
    public func flush() { fflush(nil) }
}
