/// The options that `replay` and `discard` share.
enum DealingOptions {
    static let dryRun = CommandOption("--dry-run", "show what would be done, by reason, and write nothing")
    static let yes = CommandOption("--yes", "do not ask")
    static let limit = CommandOption("--limit", value: "N", "only the N oldest")
    static let rate = CommandOption("--rate", value: "N/s", "how fast at most: 50/s, 600/m (as fast as it goes)")
    static let note = CommandOption("--note", value: "TEXT", "why, for the audit")
    static let again = CommandOption("--again", "also those that were replayed or discarded before")
    static let id = CommandOption(
        "--id", value: "ID", "the run's name in the audit; what a run of this name has done is not done again")
    static let json = CommandOption("--json", "the plan and the result as one JSON object a line each")
    static let all = [dryRun, yes, limit, rate, note, again, id, json]

    /// Texts for headers and the audit.
    static func identity(_ arguments: Arguments) throws(CommandFailure) -> RunIdentity {
        let id = arguments.value(id)
        if let id, id.isEmpty || id.count > 100 {
            throw CommandFailure(.usage, "--id wants a text of 1 to 100 characters")
        }
        return RunIdentity(id: id, note: arguments.value(note), now: Log.now())
    }

    static func rate(_ arguments: Arguments) throws(CommandFailure) -> ReplayRate {
        guard let text = arguments.value(rate) else { return ReplayRate(perSecond: nil) }
        guard let rate = ReplayRate(text) else {
            throw CommandFailure(.usage, "--rate wants a number a second, minute or hour: 50/s, 600/m, not '\(text)'")
        }
        return rate
    }
}
