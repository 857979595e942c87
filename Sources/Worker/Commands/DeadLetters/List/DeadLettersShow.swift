import JSON
import Kafka

/// `proklama dead-letters show`.
enum DeadLettersShow {
    static let partition = CommandOption("--partition", value: "P", "where it stands, with --offset")
    static let offset = CommandOption("--offset", value: "N", "where it stands, with --partition")
    static let reference = CommandOption(
        "--reference", value: "REF", "the newest one with this reference of the creditor's")
    static let unmask = CommandOption("--unmask", "show CPR numbers")

    static let command = Subcommand(
        "dead-letters show", "shows one dead letter in full, and what its reason means",
        options: SettingsOptions.both + [partition, offset, reference, unmask],
        notes: """
            Whatever looks like a CPR number is masked unless --unmask is given. Names and addresses are shown: mind who sees
            the screen. Looking for a reference reads the whole topic. Exit status 1 when there is no such dead letter.
            """,
        examples: [
            "proklama dead-letters show -c proklama.properties --partition 3 --offset 1204",
            "proklama dead-letters show -c proklama.properties --reference INV-2026-0001 --unmask",
        ],
        body: { arguments, console throws(CommandFailure) in try show(arguments, console) })

    private static func show(_ arguments: Arguments, _ console: Console) throws(CommandFailure) -> ExitStatus {
        let place = (
            try arguments.number(partition, in: 0...Int(Int32.max)), try arguments.number(offset, in: 0...Int.max)
        )
        let wanted = arguments.value(reference)
        guard (place.0 == nil) == (place.1 == nil), (place.0 == nil) != (wanted == nil) else {
            throw CommandFailure(.usage, "give --partition and --offset, or --reference")
        }
        let topic = try DeadLetterTopic(try SettingsOptions.load(arguments, for: .kafka), console)
        let record: Record?
        var others = 0
        if let partition = place.0, let offset = place.1 {
            record = try topic.letter(at: LetterPlace(partition: Int32(partition), offset: Int64(offset)))
        } else {
            var newest: Record?
            try topic.letters(since: nil) { candidate, _ in
                guard LetterFilter.reference(of: candidate) == wanted else { return }
                if newest != nil { others += 1 }
                if newest.map({ $0.timestamp <= candidate.timestamp }) ?? true { newest = candidate }
            }
            record = newest
        }
        guard let record else {
            console.complain("there is no such dead letter in \(topic.name)")
            return .foundWrong
        }
        let history = try LetterHistory(of: record, topic)
        let masking: PersonalData.Masking = arguments.has(unmask) ? .none : .cpr
        for line in LetterDetail(record, history, masking).lines { console.print(line) }
        if others > 0 { console.print("\n\(others) older one\(others == 1 ? " has" : "s have") the same reference") }
        return .done
    }
}
