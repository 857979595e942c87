import Engine

/// `proklama validate`.
enum ValidateCommand {
    static let json = CommandOption("--json", "one JSON object for each line, the good ones too")
    static let production = CommandOption(
        "--production", "judge as in production: no substitute CPR numbers, check digits of CVR numbers")

    static let command = Subcommand(
        "validate", "says for each line whether the worker would take it, and what is wrong where",
        operands: "death-notifications|claim-requests [FILE.jsonl|-]", operandLimit: 2, options: [production, json],
        notes: """
            It needs neither settings nor a broker: it reads each record as a worker with the default settings reads it. So
            it lets every creditor file, whatever creditors.allowed is to say, and an attachment may have the 20 MiB that
            attachments.max.size is by default; proklama send knows the settings and warns by them. A line is one of
            proklama send's, {"key":"…","value":{…}} with "headers" if there are any, or the value alone, whose key is then
            not looked at. Of each line the first problem is told, and no value is ever quoted. What only the portal can
            say, such as whether there is an estate, is not known here. schemas/ has the same rules as JSON Schemas.

            Exit status 1 when a line would be refused.
            """,
        examples: [
            "proklama validate claim-requests samples/claim-requests.jsonl",
            "jq -c .requests[] export.json | proklama validate claim-requests --production -",
            "proklama validate death-notifications --json deaths.jsonl | jq 'select(.verdict == \"refused\")'",
        ],
        body: { arguments, console throws(CommandFailure) in try validate(arguments, console) })

    private static func validate(_ arguments: Arguments, _ console: Console) throws(CommandFailure) -> ExitStatus {
        let input = try SendCommand.input(arguments, to: "validate")
        let path = arguments.operands.count > 1 ? arguments.operands[1] : "-"
        let validation = Validation(input, isProduction: arguments.has(production))
        let name = path == "-" ? "standard input" : path
        let asJSON = arguments.has(json)
        do throws(FileProblem) {
            var reader = try LineReader(path)
            var refused = 0
            while let line = try reader.next() {
                let verdict = validation.verdict(line, number: reader.number)
                if verdict.problem != nil { refused += 1 }
                if let text = asJSON ? verdict.json : verdict.text(of: name) { console.print(text) }
            }
            if !asJSON { console.print(summary(reader.number, refused)) }
            return refused > 0 ? .foundWrong : .done
        } catch {
            throw CommandFailure(.foundWrong, "\(name): \(error)")
        }
    }

    private static func summary(_ lines: Int, _ refused: Int) -> String {
        let count = "\(lines) line\(lines == 1 ? "" : "s")"
        return refused == 0 ? "\(count), none would be refused" : "\(count), \(refused) would be refused"
    }
}
