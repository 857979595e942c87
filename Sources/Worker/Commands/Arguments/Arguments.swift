/// What was given to a command.
public struct Arguments: Sendable, Equatable {
    private var given: [CommandOption: [String]] = [:]
    public private(set) var operands: [String] = []

    public init() {}

    /// Reads what follows a command's name: `--name VALUE`, `--name=VALUE`, `-n VALUE`, switches, operands, and `--` before
    /// operands that look like options.
    public init(_ words: [String], of command: Subcommand) throws(CommandFailure) {
        var rest = words[...]
        var isOptionsOver = false
        while let word = rest.popFirst() {
            if isOptionsOver || word == "-" || !word.hasPrefix("-") {
                operands.append(word)
            } else if word == "--" {
                isOptionsOver = true
            } else {
                try take(word, &rest, command)
            }
        }
        guard operands.count <= command.operandLimit else {
            throw CommandFailure(
                .usage, "unexpected '\(operands[command.operandLimit])'. See proklama \(command.name) --help")
        }
    }

    /// The last value given.
    public func value(_ option: CommandOption) -> String? { given[option]?.last }

    /// All values given, in order.
    public func values(_ option: CommandOption) -> [String] { given[option] ?? [] }

    /// Whether it was given.
    public func has(_ option: CommandOption) -> Bool { given[option] != nil }

    /// The value as a whole number; nil when the option was not given.
    public func number(_ option: CommandOption, in range: ClosedRange<Int>) throws(CommandFailure) -> Int? {
        guard let text = value(option) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            let bounds =
                range.upperBound == .max
                ? "from \(range.lowerBound)" : "from \(range.lowerBound) to \(range.upperBound)"
            throw CommandFailure(.usage, "\(option.name) wants a whole number \(bounds), not '\(text)'")
        }
        return number
    }

    private mutating func take(
        _ word: String, _ rest: inout ArraySlice<String>, _ command: Subcommand
    ) throws(CommandFailure) {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let option = command.options.first(where: { $0.name == parts[0] || $0.short == parts[0] }) else {
            let nearest = Nearest.name(to: parts[0], in: command.options.map(\.name) + ["--help"])
            throw CommandFailure(
                .usage, "unknown option '\(parts[0])'. Did you mean \(nearest)? See proklama \(command.name) --help")
        }
        guard option.value != nil else {
            if parts.count == 2 { throw CommandFailure(.usage, "\(option.name) takes no value") }
            given[option, default: []].append("")
            return
        }
        guard let value = parts.count == 2 ? parts[1] : rest.popFirst() else {
            throw CommandFailure(.usage, "\(option.name) wants a value: \(option.name) \(option.value ?? "")")
        }
        given[option, default: []].append(value)
    }
}
