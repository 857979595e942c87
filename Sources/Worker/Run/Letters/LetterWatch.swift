import Engine
import Estates
import EventLoop
import Kafka

/// Looks after the dead letters of a time when the gate was closed: counts them, tells how to replay them, and replays them
/// when the settings say so. On a thread of its own, with clients of its own that exist only while it reads or writes.
final class LetterWatch {
    private let settings: WorkerSettings
    private let log: Log
    private let worker: String
    private let inbox: Mailbox<LetterNews>
    private let report: @Sendable (LetterReport) -> Void
    private var schedule: LetterSchedule
    private var isEnding = false
    private var rows: [LetterReport.Row] = []
    private var countedAt: Timestamp?
    private var replayed = 0
    /// What was told in the log of the letters of this time.
    private var told: Set<String> = []

    /// Clocks of workers and brokers differ a little, and so do the times at which workers' gates close.
    private static let margin: Int64 = 60_000
    /// As `--max-replays`.
    private static let mostRepeats = 3

    /// - Parameter worker: names this one in the audit.
    init(
        settings: WorkerSettings, log: Log, worker: String, inbox: Mailbox<LetterNews>,
        report: @escaping @Sendable (LetterReport) -> Void
    ) {
        self.settings = settings
        self.log = log
        self.worker = worker
        self.inbox = inbox
        self.report = report
        schedule = LetterSchedule(settings.automaticReplay)
    }

    /// The body of the thread.
    func run() {
        var pause: Int64?
        while true {
            take(inbox.wait(milliseconds: pause.map { Int32(clamping: $0) } ?? -1))
            if isEnding { return }
            let now = MonotonicClock.milliseconds()
            pause = 0
            switch schedule.next(at: now) {
            case .wait(let until): pause = until.map { max(0, $0 - now) }
            case .count: count()
            case .replay: replay()
            }
        }
    }

    private func take(_ news: [LetterNews]) {
        for one in news {
            switch one {
            case .gateClosed: schedule.gateClosed()
            case .gateOpened(let closure, let turn):
                schedule.gateOpened(closure, turn: turn, at: MonotonicClock.milliseconds())
                told = []
                tell()
            case .stop: isEnding = true
            }
        }
    }

    // MARK: Counting

    private func count() {
        guard let since = schedule.since else { return }
        let began = MonotonicClock.milliseconds()
        do throws(CommandFailure) {
            let plan = try plan(Set(schedule.reasons.map(\.category)), since, DeadLetterTopic(settings, silent)).plan
            rows = plan.sortedRows.map { kind, row in
                LetterReport.Row(
                    category: kind.category, reason: kind.reason, open: row.planned + row.refused, refused: row.refused,
                    command: ReplayCommand.text(
                        file: settings.file, category: kind.category, reason: kind.reason, since: begin(of: since)))
            }
            countedAt = Log.now()
        } catch {
            log.warning("dead-letters.uncounted", "the dead letters could not be counted: \(error.description)")
            return schedule.counted(open: 0, took: nil, at: MonotonicClock.milliseconds())
        }
        let now = MonotonicClock.milliseconds()
        writeLog()
        schedule.counted(open: rows.reduce(0) { $0 + $1.open }, took: now - began, at: now)
        if schedule.since == nil, told.isEmpty { log.info("dead-letters.none", "no dead letter of the time is open") }
        tell(since)
    }

    /// Each category and reason once.
    private func writeLog() {
        for row in rows where told.insert("\(row.category)/\(row.reason)").inserted {
            let isAutomatic =
                schedule.automatic == .waiting
                && schedule.automaticCategories.contains { $0.rawValue == row.category }
            let what =
                isAutomatic
                ? "dead letters of the time are open; a worker replays them when the gate stays open"
                : "dead letters of the time are open; the command replays them"
            log.warning(
                "dead-letters.open", what,
                [
                    "category": .text(row.category), "reason": .text(row.reason), "open": .number(Int64(row.open)),
                    "refused": .number(Int64(row.refused)), "command": .text(row.command),
                ])
        }
    }

    private func tell(_ since: Timestamp? = nil) {
        guard let since = since ?? schedule.since else { return }
        report(
            LetterReport(
                asOf: countedAt, since: begin(of: since), rows: rows, automatic: schedule.automatic, replayed: replayed)
        )
    }

    // MARK: Replaying

    private func replay() {
        guard let since = schedule.since else { return }
        schedule.replayBegins()
        // The worker waits with its end from here on.
        tell()
        let end = replay(since)
        schedule.replayEnded(end, at: MonotonicClock.milliseconds())
        tell()
    }

    private func replay(_ since: Timestamp) -> LetterSchedule.End {
        do throws(CommandFailure) {
            let topic = try DeadLetterTopic(settings, silent)
            let (plan, holder) = try plan(schedule.automaticCategories, since, topic)
            let now = Log.now()
            guard plan.planned > 0 else { return .finished }
            if let holder, holder.isAtWork(at: now.milliseconds) {
                log.info(
                    "dead-letters.replay.waiting", "another replay or discard is going on; this one waits",
                    ["by": .text(holder.by), "run": .text(holder.run)])
                return .busy(milliseconds: min(holder.until - now.milliseconds, 60_000))
            }
            return try replay(plan, since, topic, now)
        } catch {
            log.warning("dead-letters.replay.failed", "the automatic replay failed: \(error.description)")
            return .failed
        }
    }

    private func replay(
        _ plan: ReplayPlan, _ since: Timestamp, _ topic: DeadLetterTopic, _ now: Timestamp
    ) throws(CommandFailure) -> LetterSchedule.End {
        let reasons = schedule.reasons.map(\.rawValue).sorted().joined(separator: ", ")
        let identity = RunIdentity(
            automatic: "the gate was closed since \(since) (\(reasons)) and is open again; worker \(worker)", now: now)
        log.info(
            "dead-letters.replay.begins", "dead letters of the time when the gate was closed are replayed",
            ["run": .text(identity.id), "planned": .number(Int64(plan.planned))])
        let run = ReplayRun(
            topic, plan, .replay(ReplayChanges()), identity, ReplayRate(perSecond: settings.automaticReplay.rate),
            StopRequest { [unowned self] in isToStop }, silent)
        defer {
            replayed += run.report.done
            log.info(
                "dead-letters.replay.ended", "the automatic replay has ended",
                [
                    "run": .text(identity.id), "end": .text(run.report.end.rawValue),
                    "replayed": .number(Int64(run.report.done)), "refused": .number(Int64(run.report.refused)),
                    "left": .number(Int64(run.report.left(of: plan))),
                ])
        }
        try run.run()
        switch run.report.end {
        case .finished: return .finished
        case .stopped: return .stopped
        case .lockLost: return run.report.lostTo?.isAutomatic == true ? .lostToAutomatic : .lostToPerson
        case .failed: return .failed
        }
    }

    /// Asked between transactions.
    private var isToStop: Bool {
        take(inbox.take())
        return isEnding || !schedule.mayGoOn
    }

    // MARK: Both

    /// What a replay would do now, and who holds the lock.
    private func plan(
        _ categories: Set<FailureCategory>, _ since: Timestamp, _ topic: DeadLetterTopic
    ) throws(CommandFailure) -> (plan: ReplayPlan, holder: LockHolder?) {
        let filter = LetterFilter(open: categories.map(\.rawValue), since: begin(of: since).milliseconds)
        let obstacles = ObstacleCheck(topics: settings.topics, target: nil, mostRepeats: LetterWatch.mostRepeats)
        let survey = try topic.survey(filter, obstacle: obstacles.obstacle)
        return (ReplayPlan(survey, filter, again: false, limit: nil), survey.lockHolder)
    }

    private func begin(of since: Timestamp) -> Timestamp {
        Timestamp(milliseconds: (since.milliseconds - LetterWatch.margin) / 1000 * 1000)
    }

    /// Progress is for people at a terminal.
    private var silent: Console { Console(isTerminal: false, out: { _ in }, err: { _ in }) }
}
