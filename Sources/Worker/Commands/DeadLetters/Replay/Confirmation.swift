import Glibc

/// Asks before something is written.
enum Confirmation {
    /// Whether there is someone to ask.
    static var isPossible: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 }

    static func ask(_ question: String, _ console: Console) -> Bool {
        console.complain("\(question) [y/N]")
        console.flush()
        guard let answer = readLine()?.lowercased() else { return false }
        return answer == "y" || answer == "yes"
    }
}
