import Kafka

/// What the audit says while the lock is held: the last word on which letters of a plan are still to be dealt with.
struct AuditUnderLock {
    private let plan: LetterBook
    private var now: LetterBook
    private let own: UInt32
    private(set) var doneByThisRun = 0
    private(set) var doneByOthers = 0
    /// What had been done about letters of the plan before.
    private(set) var earlier: [LetterPlace: AuditEntry] = [:]

    /// Reads it to its high watermark. Blocking.
    static func read(_ topic: DeadLetterTopic, _ plan: LetterBook, own: String) throws(KafkaError) -> AuditUnderLock {
        var audit = AuditUnderLock(plan, own: own)
        let scan = try TopicScan(topic.clients, topic: topic.settings.topics.deadLettersAudit)
        try scan.beginToHighWatermark(topic.admin)
        try AuditEntry.each(of: scan) { place, entry in audit.note(entry, of: place) }
        audit.count()
        return audit
    }

    init(_ plan: LetterBook, own: String) {
        self.plan = plan
        // The numbers of the plan go on, so that equal numbers are equal runs.
        var runs = plan.runs
        self.own = UInt32(clamping: runs.number(of: own))
        now = LetterBook(runs: runs)
    }

    /// In the order of the audit topic: of each letter the last one counts.
    mutating func note(_ entry: AuditEntry, of place: LetterPlace) {
        // The others are not asked for, and there may be a million.
        guard plan[place].kind != 0 else { return }
        now.note(entry.newest, of: place)
        earlier[place] = entry
    }

    /// When all is read: what of the plan is done.
    mutating func count() {
        var counts = (own: 0, others: 0)
        plan.visit { place, planned in
            let run = now[place].run
            if run == own { counts.own += 1 } else if run != planned.run { counts.others += 1 }
        }
        (doneByThisRun, doneByOthers) = counts
    }

    /// Whether a letter is in the plan, and nothing has been done about it since the plan was made. With `--again` it may
    /// have been dealt with before, so what counts is that it was the same run.
    func leaves(_ place: LetterPlace) -> Bool {
        let planned = plan[place]
        let run = now[place].run
        return planned.kind != 0 && run == planned.run && run != own
    }
}
