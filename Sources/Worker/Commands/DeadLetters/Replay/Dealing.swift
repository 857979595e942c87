import Estates

/// The course of `replay` and `discard`: survey, plan, question, run, report.
struct Dealing {
    let arguments: Arguments
    let console: Console
    let settings: WorkerSettings
    let action: LetterAction

    /// - Parameter obstacle: why a letter cannot be dealt with.
    func run(obstacle: (LetterHeaders) -> ReplayObstacle?) throws(CommandFailure) -> ExitStatus {
        let filter = try LetterFilter(arguments, now: Log.now().milliseconds)
        let identity = try DealingOptions.identity(arguments)
        let rate = try DealingOptions.rate(arguments)
        let limit = try arguments.number(DealingOptions.limit, in: 1...Int.max)
        let mayWrite = arguments.has(DealingOptions.yes) || Confirmation.isPossible
        guard mayWrite || arguments.has(DealingOptions.dryRun) else {
            throw CommandFailure(.usage, "nobody can be asked here: look with --dry-run, then give --yes")
        }
        let topic = try DeadLetterTopic(settings, console)
        // The survey holds no lock: looking must not disturb a run that is going on.
        let survey = try topic.survey(filter, obstacle: obstacle)
        let plan = ReplayPlan(survey, filter, again: arguments.has(DealingOptions.again), limit: limit)
        if asJSON { console.print(plan.json(action, isDryRun: arguments.has(DealingOptions.dryRun))) }
        if plan.rows.isEmpty {
            console.complain("no dead letter matches")
            return .foundWrong
        }
        if !asJSON { for line in plan.lines(action) { console.print(line) } }
        if arguments.has(DealingOptions.dryRun) {
            say("dry run: \(plan.planned) would be \(action.done), and nothing was written")
            return .done
        }
        guard plan.planned > 0 else { return nothingLeft(plan) }
        guard arguments.has(DealingOptions.yes) || Confirmation.ask("\(action.imperative) \(plan.planned)?", console)
        else {
            console.complain("nothing was written")
            return .foundWrong
        }
        let run = ReplayRun(topic, plan, action, identity, rate, .bySignals(), console)
        defer { if asJSON { console.print(run.report.json(action, plan, identity)) } }
        try run.run()
        return tell(run.report, plan, identity)
    }

    private var asJSON: Bool { arguments.has(DealingOptions.json) }

    /// Part of the result for people, who are not the only ones to see it as JSON.
    private func say(_ line: String) { if asJSON { console.complain(line) } else { console.print(line) } }

    /// Nothing went wrong when all is done before: so the same command can be given until it succeeds.
    private func nothingLeft(_ plan: ReplayPlan) -> ExitStatus {
        if plan.refused > 0 { return .foundWrong }
        say("nothing left to \(action.imperative): \(plan.skipped) were dealt with before")
        return .done
    }

    private func tell(_ report: ReplayReport, _ plan: ReplayPlan, _ identity: RunIdentity) -> ExitStatus {
        let left = report.left(of: plan)
        var line = "\(action.done) \(report.done) of \(plan.planned), run \(identity.id)"
        if report.doneByOthers > 0 { line += "; \(report.doneByOthers) were dealt with by another run meanwhile" }
        say(line)
        for refusal in report.refusals {
            console.complain("refused: the letter at \(refusal.place): \(refusal.reason)")
        }
        if report.refused > report.refusals.count { console.complain("refused: \(report.refused) in all") }
        let goesOn = "the same command\(arguments.has(DealingOptions.again) ? " with --id \(identity.id)" : "") goes on"
        switch report.end {
        case .stopped:
            console.complain("stopped, \(left) left; \(goesOn)")
            return .foundWrong
        case .lockLost:
            let who = report.lostTo.map { " (\($0.by), run \($0.run))" } ?? ""
            console.complain(
                "proklama: another replay or discard has begun\(who), and takes over: at most one writes at a time. "
                    + "\(left) were left to this one; \(goesOn)")
            return .foundWrong
        case .finished, .failed:
            if left > 0 { console.complain("\(left) are not in the topic any more") }
            return report.refused > 0 || plan.refused > 0 ? .foundWrong : .done
        }
    }
}
