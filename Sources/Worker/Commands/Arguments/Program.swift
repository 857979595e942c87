import Kafka

/// The program: finds the command, reads its arguments, and turns failures into messages and an exit status.
public struct Program: Sendable {
    let commands: [Subcommand]

    public init(commands: [Subcommand]) { self.commands = commands }

    public func run(_ words: [String], _ console: Console) -> ExitStatus {
        do throws(CommandFailure) {
            return try perform(words, console)
        } catch {
            console.complain("proklama: \(error.description)")
            return error.status
        }
    }

    private func perform(_ words: [String], _ console: Console) throws(CommandFailure) -> ExitStatus {
        guard let first = words.first else {
            console.complain(HelpText.program(self))
            return .usage
        }
        switch first {
        case "help" where words.count > 1:
            return try perform(Array(words.dropFirst()) + ["--help"], console)
        case "--help", "-h", "help":
            console.print(HelpText.program(self))
            return .done
        case "--version", "version":
            console.print("proklama \(ProductVersion.text), librdkafka \(KafkaLibrary.version)")
            return .done
        default: break
        }
        let group = commands.filter { $0.words[0] == first }
        guard !group.isEmpty else { throw unknown(first, among: commands.map(\.words[0])) }
        if group[0].words.count == 1 { return try perform(group[0], Array(words.dropFirst()), console) }
        guard words.count > 1, words[1] != "--help", words[1] != "-h" else {
            let text = HelpText.group(first, group)
            if words.count > 1 { console.print(text) } else { console.complain(text) }
            return words.count > 1 ? .done : .usage
        }
        guard let command = group.first(where: { $0.words[1] == words[1] }) else {
            throw unknown("\(first) \(words[1])", among: group.map(\.name))
        }
        return try perform(command, Array(words.dropFirst(2)), console)
    }

    private func perform(
        _ command: Subcommand, _ words: [String], _ console: Console
    ) throws(CommandFailure) -> ExitStatus {
        if words.prefix(while: { $0 != "--" }).contains(where: { $0 == "--help" || $0 == "-h" }) {
            console.print(HelpText.command(command))
            return .done
        }
        return try command.body(try Arguments(words, of: command), console)
    }

    private func unknown(_ word: String, among names: [String]) -> CommandFailure {
        CommandFailure(
            .usage,
            "there is no command '\(word)'. Did you mean proklama \(Nearest.name(to: word, in: names))? "
                + "proklama --help lists them")
    }
}
