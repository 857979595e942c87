/// An option of a command.
public struct CommandOption: Hashable, Sendable {
    /// `--partitions`
    public let name: String
    /// `-c`
    public let short: String?
    /// What stands for its value in the help, as in `FILE`; nil when it takes none.
    public let value: String?
    /// One line.
    public let help: String

    public init(_ name: String, short: String? = nil, value: String? = nil, _ help: String) {
        self.name = name
        self.short = short
        self.value = value
        self.help = help
    }
}
