import Engine
import Kafka

/// `proklama send`.
enum SendCommand {
    static let command = Subcommand(
        "send", "produces death notifications or claim requests from JSON lines",
        operands: "death-notifications|claim-requests [FILE.jsonl|-]", operandLimit: 2, options: SettingsOptions.both,
        notes: """
            A line is {"key":"…","value":{…}}, with "headers":{"name":"text"} if you like, or the value alone: its key is then
            derived from the CPR number, as the hex of the first 16 bytes of HMAC-SHA-256(secret, digits), with the secret in
            the file that send.key.secret.file names. The key must be the same for all records about one person.

            A file is read twice: first all lines are checked, and nothing is sent when one of them is bad. From a pipe, lines
            are sent as they come, and the first bad one ends it; what stands before it has been sent then. Bad is what is no
            JSON or has no key. What a worker with the same settings will refuse is sent all the same, with a warning.

            Each record is written once (an idempotent producer), and the command ends when the brokers have all of them.
            Sent twice by you, a request is answered twice, but filed once.
            """,
        examples: [
            "proklama send claim-requests -c proklama.properties samples/claim-requests.jsonl",
            "jq -c .requests[] export.json | proklama send claim-requests -c proklama.properties -",
            "proklama send death-notifications -c proklama.properties --set send.key.secret.file=/run/secrets/key deaths.jsonl",
        ],
        body: { arguments, console throws(CommandFailure) in try send(arguments, console) })

    private static func send(_ arguments: Arguments, _ console: Console) throws(CommandFailure) -> ExitStatus {
        let input = try SendCommand.input(arguments, to: "send")
        let settings = try SettingsOptions.load(arguments, for: .kafka)
        let sending = try Sending(
            settings, input, path: arguments.operands.count > 1 ? arguments.operands[1] : "-", console)
        return try sending.run()
    }

    /// Which of the two inputs is meant, by the first operand.
    static func input(_ arguments: Arguments, to verb: String) throws(CommandFailure) -> InputTopic {
        let choices = InputTopic.allCases.map(\.rawValue)
        guard let kind = arguments.operands.first else {
            throw CommandFailure(.usage, "say what to \(verb): \(choices.joined(separator: " or "))")
        }
        guard let input = InputTopic(rawValue: kind) else {
            throw CommandFailure(
                .usage, "'\(kind)' is no input. Did you mean \(Nearest.name(to: kind, in: choices))?")
        }
        return input
    }
}
