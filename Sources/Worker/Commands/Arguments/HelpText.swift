/// Writes the help.
enum HelpText {
    static func program(_ program: Program) -> String {
        var text = """
            proklama: files creditors' claims with the Danish probate portal, from Kafka, exactly once

            USAGE
              proklama COMMAND [OPTIONS]

            COMMANDS

            """
        text += list(program.commands)
        text += """

            Every command explains itself: proklama COMMAND --help. proklama --version tells the versions.

            FIRST STEPS
              proklama demo                                         # everything in one process, no broker needed
              proklama topics create -c proklama.properties --partitions 6
              proklama check -c proklama.properties
              proklama run -c proklama.properties

            EXIT STATUS
              0 done; 1 found something wrong; 64 usage; 69 broker or portal out of reach; 70 a bug; 78 settings
            """
        return text
    }

    static func group(_ name: String, _ commands: [Subcommand]) -> String {
        "USAGE\n  proklama \(name) COMMAND [OPTIONS]\n\nCOMMANDS\n" + list(commands)
            + "\nEach explains itself: proklama \(name) COMMAND --help"
    }

    static func command(_ command: Subcommand) -> String {
        let options = command.options + [CommandOption("--help", short: "-h", "this text")]
        var text = "proklama \(command.name): \(command.summary)\n\nUSAGE\n  proklama \(command.name) [OPTIONS]"
        text += command.operands.isEmpty ? "\n" : " \(command.operands)\n"
        text += "\nOPTIONS\n"
        let rows = options.map { option in
            let short = option.short.map { "\($0), " } ?? ""
            return ["  \(short)\(option.name)\(option.value.map { " \($0)" } ?? "")", option.help]
        }
        text += TextTable.aligned(rows).joined(separator: "\n") + "\n"
        if !command.notes.isEmpty { text += "\n\(command.notes)\n" }
        text += "\nEXAMPLES\n" + command.examples.map { "  \($0)" }.joined(separator: "\n")
        return text
    }

    private static func list(_ commands: [Subcommand]) -> String {
        TextTable.aligned(commands.map { ["  \($0.name)", $0.summary] }).joined(separator: "\n") + "\n"
    }
}
