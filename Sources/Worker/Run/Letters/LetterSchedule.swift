import Engine
import Estates

/// When to count the dead letters of a time when the gate was closed, and when to put them back. All times are on the
/// monotonic clock, in milliseconds.
///
/// They are counted when the gate opens, and from time to time for as long as some are open, so that `/status` is true
/// also when a person replays them. The automatic replay begins when the gate has been open for a while, and ends when it
/// closes. Whoever else holds the audit's lock is waited for; when a person takes it away, it is left to the person.
struct LetterSchedule {
    /// What to do next.
    enum Step: Hashable {
        /// Nil: until there is news.
        case wait(until: Int64?)
        case count
        case replay
    }

    /// How an automatic replay ended.
    enum End: Hashable {
        case finished
        /// Somebody holds the lock, for so long at least. Nothing was written.
        case busy(milliseconds: Int64)
        /// The gate has closed, or the worker ends.
        case stopped
        case lostToPerson
        case lostToAutomatic
        case failed
    }

    static let recount: Int64 = 60_000
    /// After a failure, which is mostly a broker that is away.
    static let retry: Int64 = 30_000

    let settings: AutomaticReplay
    /// Since when letters are looked for; nil when there is nothing to look after.
    private(set) var since: Timestamp?
    private(set) var reasons: Set<FailureReason> = []
    private(set) var automatic: LetterReport.Automatic = .off
    private var openedAt: Int64 = 0
    private var countAt: Int64?
    private var replayAt: Int64?
    /// How often the gate has closed, now and when the replay that is under way began.
    private var closings = 0
    private var closingsAtBegin = 0

    init(_ settings: AutomaticReplay) { self.settings = settings }

    /// Those whose letters may be put back now.
    var automaticCategories: Set<FailureCategory> { settings.categories.intersection(reasons.map(\.category)) }

    mutating func gateOpened(_ closure: GateClosure, turn: Int64, at now: Int64) {
        // What is open still of an earlier time is not forgotten.
        since = min(since ?? closure.since, closure.since)
        reasons.formUnion(closure.reasons)
        openedAt = now
        countAt = now
        automatic = automaticCategories.isEmpty ? .off : .waiting
        replayAt = automatic == .waiting ? now + settings.delay + turn : nil
    }

    mutating func gateClosed() {
        closings += 1
        countAt = nil
        replayAt = nil
    }

    func next(at now: Int64) -> Step {
        if let replayAt, replayAt <= now { return .replay }
        if let countAt, countAt <= now { return .count }
        return .wait(until: [countAt, replayAt].compactMap { $0 }.min())
    }

    /// - Parameter took: how long the counting took, in milliseconds; nil when it failed.
    mutating func counted(open: Int, took: Int64?, at now: Int64) {
        guard let took else {
            countAt = now + LetterSchedule.retry
            return
        }
        // Calls that were under way when it closed may be dead-lettered some time after it has opened.
        let isSettled = now >= openedAt + LetterSchedule.recount
        if open == 0, isSettled, replayAt == nil {
            since = nil
            reasons = []
            countAt = nil
        } else {
            // A twentieth of a thread at most.
            countAt = now + max(LetterSchedule.recount, took * 20)
        }
    }

    mutating func replayBegins() {
        automatic = .running
        replayAt = nil
        closingsAtBegin = closings
    }

    /// Whether a replay that has begun may go on.
    var mayGoOn: Bool { closings == closingsAtBegin }

    mutating func replayEnded(_ end: End, at now: Int64) {
        guard mayGoOn else {
            // The gate has closed meanwhile, and perhaps opened again.
            automatic = replayAt == nil ? .over : .waiting
            return
        }
        countAt = now
        switch end {
        case .finished, .stopped, .lostToPerson: replayAt = nil
        case .busy(let milliseconds): replayAt = now + max(1000, milliseconds)
        case .lostToAutomatic: replayAt = now + max(settings.delay, 1000)
        case .failed: replayAt = now + LetterSchedule.retry
        }
        automatic = replayAt == nil ? .over : .waiting
    }
}
