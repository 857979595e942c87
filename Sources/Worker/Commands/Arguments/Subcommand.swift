/// A command of the program, with all that its help says. It knows nothing of how arguments are read: swift-argument-parser
/// could read them instead.
public struct Subcommand: Sendable {
    /// One or two words: `run`, `topics create`.
    public let name: String
    /// One line.
    public let summary: String
    /// What follows the options, as the usage line shows it: `[FILE.jsonl|-]`; empty when nothing does.
    public let operands: String
    /// How many operands it takes at most.
    public let operandLimit: Int
    public let options: [CommandOption]
    /// What else there is to know; paragraphs that are wrapped already.
    public let notes: String
    /// Command lines, and remarks that begin with `#`.
    public let examples: [String]
    let body: @Sendable (Arguments, Console) throws(CommandFailure) -> ExitStatus

    public init(
        _ name: String, _ summary: String, operands: String = "", operandLimit: Int = 0,
        options: [CommandOption] = [], notes: String = "", examples: [String],
        body: @escaping @Sendable (Arguments, Console) throws(CommandFailure) -> ExitStatus
    ) {
        self.name = name
        self.summary = summary
        self.operands = operands
        self.operandLimit = operandLimit
        self.options = options
        self.notes = notes
        self.examples = examples
        self.body = body
    }

    var words: [String] { name.split(separator: " ").map(String.init) }
}
