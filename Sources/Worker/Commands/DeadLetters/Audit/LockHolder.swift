import Estates
import JSON
import Kafka

/// Who holds the audit's lock and until when it is likely to go on: a record of the audit topic with the key `lock`.
///
/// It is no part of the lock, which needs nobody's word (`AuditLock`). It is for the replay that a worker begins by itself:
/// that one waits while somebody else's goes on, instead of taking the lock away from a person; and a person's that has
/// lost the lock to an automatic one takes it back. It is written first, in a transaction of its own, and renewed with each
/// transaction of letters.
struct LockHolder: Hashable, Sendable {
    static let key = "lock"
    /// Beyond the next transaction of a run: what a broker's death may take, and clocks that differ.
    private static let grace: Int64 = 30_000

    let run: String
    let by: String
    let isAutomatic: Bool
    /// Milliseconds since 1970. When it has passed, the run has ended or was killed.
    let until: Int64

    init(_ run: RunIdentity, until: Int64) {
        self.run = run.id
        by = run.by
        isAutomatic = run.isAutomatic
        self.until = until
    }

    /// A run that makes its next transaction after at most so many milliseconds.
    static func working(_ run: RunIdentity, next: Int64, now: Int64) -> LockHolder {
        LockHolder(run, until: now + next + grace)
    }

    /// Nil when it is none of ours.
    init?(json: [UInt8]) {
        guard let root = try? JSONDocument.parse(json), let run = root["run"]?.string,
            let until = root["until"]?.string.flatMap({ TimeText.parse($0, now: 0) }),
            let isAutomatic = root["automatic"]?.boolean
        else { return nil }
        self.run = run
        by = root["by"]?.string ?? ""
        self.isAutomatic = isAutomatic
        self.until = until
    }

    /// Who has taken the lock away from a run; nil when it has not told, or is done already. Blocking, for some seconds.
    static func successor(of run: RunIdentity, _ topic: DeadLetterTopic) -> LockHolder? {
        for _ in 0..<5 {
            // It tells right after it has taken the lock.
            NativeThread.sleep(milliseconds: 700)
            guard let found = try? newest(topic), found.run != run.id else { continue }
            if found.isAtWork(at: Log.now().milliseconds) { return found }
        }
        return nil
    }

    private static func newest(_ topic: DeadLetterTopic) throws(KafkaError) -> LockHolder? {
        let scan = try TopicScan(topic.clients, topic: topic.settings.topics.deadLettersAudit)
        try scan.beginToHighWatermark(topic.admin)
        return try AuditEntry.each(of: scan) { _, _ in }
    }

    func isAtWork(at now: Int64) -> Bool { now < until }

    func record(in topics: TopicNames) -> OutgoingRecord {
        let value = JSONWriter.object { root in
            root.field("run", run)
            root.field("by", by)
            root.field("automatic", isAutomatic)
            root.field("until", Timestamp(milliseconds: until).description)
        }
        return OutgoingRecord(topic: topics.deadLettersAudit, key: Array(LockHolder.key.utf8), value: value)
    }
}
