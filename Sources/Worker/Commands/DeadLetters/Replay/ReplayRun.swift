import Estates
import EventLoop
import Kafka

/// One run of `replay` or `discard`, after the plan was agreed to: takes the lock, reads the audit again, and deals with
/// each letter of the plan that nobody else has dealt with since.
final class ReplayRun {
    /// How far a session came.
    private enum SessionEnd {
        case over
        case lockLost
        /// The lock has to be taken again. Whether the last transaction was committed, the audit tells the next session.
        case broken(KafkaError)
    }

    private let topic: DeadLetterTopic
    private let plan: ReplayPlan
    private let action: LetterAction
    private let identity: RunIdentity
    private let console: Console
    private let stop: StopRequest
    private var rate: ReplayRate
    private(set) var report = ReplayReport()
    private var pace = Pace()
    private var began: Int64 = 0
    /// Readers of the topics that truncated letters came from.
    private var sources: [String: TopicScan] = [:]

    /// Brokers want some milliseconds between a commit and the next transaction.
    private static let gap: Int64 = 5
    /// A transaction's records are in memory, twice.
    private static let mostBytes = 8 << 20

    init(
        _ topic: DeadLetterTopic, _ plan: ReplayPlan, _ action: LetterAction, _ identity: RunIdentity,
        _ rate: ReplayRate, _ stop: StopRequest, _ console: Console
    ) {
        self.topic = topic
        self.plan = plan
        self.action = action
        self.identity = identity
        self.rate = rate
        self.stop = stop
        self.console = console
    }

    /// Blocking. When it throws, `report` still has what was done before.
    func run() throws(CommandFailure) {
        var sessions = 1
        var takenBack = 0
        do throws(KafkaError) {
            while true {
                switch try session() {
                case .over:
                    console.clearProgress()
                    return
                case .broken(let trouble):
                    guard sessions < 10, !stop.check() else { throw trouble }
                    sessions += 1
                    NativeThread.sleep(milliseconds: 1000)
                case .lockLost:
                    report.lostTo = LockHolder.successor(of: identity, topic)
                    // A person's run goes before a worker's own, which is told now and does not come back.
                    guard let holder = report.lostTo, holder.isAutomatic, !identity.isAutomatic, takenBack < 3,
                        !stop.check()
                    else {
                        report.end = .lockLost
                        console.clearProgress()
                        return
                    }
                    takenBack += 1
                }
            }
        } catch {
            report.end = .failed
            console.clearProgress()
            throw CommandFailure(error, while: "after \(report.done) of \(plan.planned); the same command goes on")
        }
    }

    /// Deals with all that is left.
    private func session() throws(KafkaError) -> SessionEnd {
        began = MonotonicClock.nanoseconds()
        let lock = try AuditLock.take(topic.clients)
        let transaction = AuditedTransaction(lock, topic.settings.topics, identity, edits: edits)
        switch transaction.commit([], holder) {
        case .committed: break
        case .aborted(let error), .unknown(let error): return .broken(error)
        case .lockLost: return .lockLost
        }
        NativeThread.sleep(milliseconds: ReplayRun.gap)
        let audit = try AuditUnderLock.read(topic, plan.book, own: identity.id)
        report.begin(done: audit.doneByThisRun, doneByOthers: audit.doneByOthers)
        let scan = try TopicScan(topic.clients, topic: topic.name)
        try scan.begin(within: plan.ranges)
        var batch: [PreparedLetter] = []
        var bytes = 0
        while true {
            let record = try scan.next()
            if let record, let letter = try prepare(record, audit) {
                batch.append(letter)
                bytes += letter.size
            }
            guard record == nil || batch.count >= rate.batchSize || bytes >= ReplayRun.mostBytes else { continue }
            if !waitForTurn(batch.count) {
                report.end = .stopped
                release(transaction)
                return .over
            }
            switch try write(batch, transaction) {
            case .committed, .aborted: break
            case .unknown(let error): return .broken(error)
            case .lockLost: return .lockLost
            }
            (batch, bytes) = ([], 0)
            if record == nil {
                release(transaction)
                return .over
            }
        }
    }

    /// What is told of this run with each transaction.
    private var holder: LockHolder {
        .working(identity, next: rate.interval, now: Log.now().milliseconds)
    }

    /// Tells that it is over; when that fails, it shows by itself after a while.
    private func release(_ transaction: AuditedTransaction) {
        _ = transaction.commit([], LockHolder(identity, until: Log.now().milliseconds))
    }

    /// Nil when the letter is not, or not any more, to be dealt with.
    private func prepare(_ record: Record, _ audit: AuditUnderLock) throws(KafkaError) -> PreparedLetter? {
        let place = LetterPlace(partition: record.partition, offset: record.offset)
        guard audit.leaves(place) else { return nil }
        let headers = LetterHeaders(record)
        let at = Log.now().description
        var outgoing: OutgoingRecord?
        switch action {
        case .discard: break
        case .replay(let changes):
            guard let contents = headers.isTruncated ? try source(headers) : record else {
                report.refuse(place, "it was too large to be kept whole, and its source record is gone")
                return nil
            }
            outgoing = ReplayedRecord.make(
                of: record, headers, contents: contents, changes, run: identity, at: at)
            guard outgoing != nil else {
                report.refuse(place, "it does not say where it came from")
                return nil
            }
        }
        return PreparedLetter(
            place: place, record: outgoing, headers: headers, at: at, before: audit.earlier[place])
    }

    /// The record that a truncated letter was made of.
    private func source(_ headers: LetterHeaders) throws(KafkaError) -> Record? {
        guard let place = headers.sourcePlace, let offset = headers.sourceOffset.flatMap({ Int64($0) }) else {
            return nil
        }
        var scan = sources[place.topic]
        if scan == nil { scan = try TopicScan(topic.clients, topic: place.topic) }
        sources[place.topic] = scan
        return try scan?.record(partition: place.partition, offset: offset)
    }

    /// False when it is to stop instead.
    private func waitForTurn(_ count: Int) -> Bool {
        while true {
            if stop.check() { return false }
            let left = rate.delay(now: MonotonicClock.nanoseconds()) / 1_000_000
            if left <= 0 { break }
            NativeThread.sleep(milliseconds: min(left, 100))
        }
        rate.spend(count, now: MonotonicClock.nanoseconds())
        return true
    }

    /// Commits a batch; one that is refused is tried letter by letter, so that a single bad one does not hold up the rest.
    private func write(
        _ batch: [PreparedLetter], _ transaction: AuditedTransaction
    ) throws(KafkaError) -> AuditedTransaction.End {
        guard !batch.isEmpty else { return .committed }
        var tries = 0
        while true {
            let end = transaction.commit(batch, holder)
            NativeThread.sleep(milliseconds: ReplayRun.gap)
            switch end {
            case .committed:
                report.done += batch.count
                showProgress()
                return end
            case .unknown, .lockLost: return end
            case .aborted(let error):
                tries += 1
                if tries < 3, !error.is(.messageTooLarge) {
                    NativeThread.sleep(milliseconds: 500)
                } else if batch.count == 1 {
                    report.refuse(batch[0].place, "the broker does not take it: \(error.message)")
                    return end
                } else {
                    for letter in batch {
                        let end = try write([letter], transaction)
                        switch end {
                        case .committed, .aborted: continue
                        case .unknown, .lockLost: return end
                        }
                    }
                    return .committed
                }
            }
        }
    }

    private var edits: [String] {
        switch action {
        case .replay(let changes): changes.described
        case .discard: []
        }
    }

    private func showProgress() {
        guard pace.isDue() else { return }
        let seconds = Double(MonotonicClock.nanoseconds() - began) / 1e9
        let speed = max(Double(report.done) / max(seconds, 0.001), 0.001)
        let left = Int(Double(max(0, plan.planned - report.done)) / (rate.perSecond.map { min($0, speed) } ?? speed))
        console.progress(
            "\(action.done) \(report.done) of \(plan.planned), \(Int(speed.rounded()))/s, \(left) s left")
    }
}
