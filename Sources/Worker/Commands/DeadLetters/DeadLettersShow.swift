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
        let settings: WorkerSettings
        let record: Record?
        var others = 0
        switch (place, wanted) {
        case ((let partition?, let offset?), nil):
            settings = try SettingsOptions.load(arguments, for: .kafka)
            record = try DeadLetterTopic.record(settings, partition: Int32(partition), offset: Int64(offset))
        case ((nil, nil), let wanted?):
            settings = try SettingsOptions.load(arguments, for: .kafka)
            var newest: Record?
            try DeadLetterTopic.read(settings, since: nil, console) { candidate in
                guard self.reference(of: candidate) == wanted else { return }
                if newest != nil { others += 1 }
                if newest.map({ $0.timestamp <= candidate.timestamp }) ?? true { newest = candidate }
            }
            record = newest
        default:
            throw CommandFailure(.usage, "give --partition and --offset, or --reference")
        }
        guard let record else {
            console.complain("there is no such dead letter in \(settings.topics.deadLetters)")
            return .foundWrong
        }
        let detail = LetterDetail(record, masksCPR: !arguments.has(unmask))
        for line in detail.lines { console.print(line) }
        if others > 0 { console.print("\n\(others) older one\(others == 1 ? " has" : "s have") the same reference") }
        return .done
    }

    static func reference(of record: Record) -> String? {
        guard let value = record.value, let root = try? JSONDocument.parse(value) else { return nil }
        return root["reference"]?.string
    }
}
