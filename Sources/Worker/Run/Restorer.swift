import Engine
import Estates
import EventLoop
import Kafka

/// What the restoring thread is asked to do.
enum RestoreJob: Sendable {
    case restore(partition: Int32, epoch: UInt64)
    /// The partition is not ours any more.
    case forget(partition: Int32)
}

/// What came of it.
enum RestoreResult: Sendable {
    case restored(partition: Int32, epoch: UInt64, RestoredPartition, records: Int, milliseconds: Int64)
    /// The ledger cannot be read: the worker must not go on.
    case failed(partition: Int32, String)
}

/// Reads partitions' ledgers, several at a time, on a thread and with a consumer of its own.
///
/// A partition is restored in two steps. First the committed offsets of its inputs: the broker answers only when no
/// transaction of a predecessor that has sent offsets is pending. Then the ledger, read_committed, until the end that it
/// shows equals the high watermark: before that, an open transaction hides its tail (kafka-facts, 2). A predecessor that
/// has not sent offsets yet is fenced by the group's generation when it tries. One that is alive ends its transaction
/// within a moment; what stays open longer is ended by us.
final class Restorer {
    /// How long a predecessor's open transaction is waited for; milliseconds.
    private static let patience: Int64 = 1000
    private struct Job {
        let epoch: UInt64
        let began: Int64
        /// Since when an open transaction of a predecessor, or what looks like it, has been in the way.
        var heldUpSince: Int64?
        var positions: [InputTopic: Int64]?
        /// Nothing has been committed yet.
        var isFirst = false
        /// Filings are read as they come: there may be a million, and as records they would take many times the room.
        var restored = RestoredPartition()
        /// The rest is read once it is known to be needed: contents may be megabytes, and most are tombstoned later.
        var latest: [LedgerKey: Record] = [:]
        var records = 0
    }

    private let topics: TopicNames
    private let parser: RecordParser
    private let seal: Seal
    private let log: Log
    private let consumer: Consumer
    private let abandoned: AbandonedTransactions
    private var jobs: [Int32: Job] = [:]

    init(clients: KafkaClients, parser: RecordParser) throws(KafkaError) {
        topics = clients.settings.topics
        self.parser = parser
        seal = clients.seal
        log = clients.log
        consumer = try clients.ledgerReader()
        abandoned = AbandonedTransactions(clients)
    }

    /// The body of the thread; nil in the inbox ends it.
    func run(inbox: Mailbox<RestoreJob?>, report: @Sendable (RestoreResult) -> Void) {
        // Without it, the first partition would wait a second for the ledger's metadata.
        try? consumer.warmMetadata(of: [topics.ledger], milliseconds: 5000)
        while true {
            for job in inbox.wait(milliseconds: jobs.isEmpty ? -1 : 0) {
                guard let job else { return }
                take(job)
            }
            for partition in jobs.keys.sorted() where jobs[partition]?.positions == nil {
                findPositions(partition, report)
            }
            var wait: Int32 = 20
            while let event = consumer.poll(milliseconds: wait) {
                handle(event, report)
                wait = 0
            }
            endAbandoned()
        }
    }

    private func endAbandoned() {
        for partition in jobs.keys.sorted() {
            guard let since = jobs[partition]?.heldUpSince,
                MonotonicClock.milliseconds() - since >= Restorer.patience
            else { continue }
            let ledger = TopicPartition(topics.ledger, partition)
            // Asked read_committed, so it is the last stable offset.
            if let lastStable = try? consumer.queryWatermarks(ledger, milliseconds: 1000).high {
                abandoned.endOldest(in: ledger, at: lastStable)
            }
            if jobs[partition] != nil { jobs[partition]?.heldUpSince = MonotonicClock.milliseconds() }
        }
    }

    private func take(_ job: RestoreJob) {
        switch job {
        case .restore(let partition, let epoch):
            forget(partition)
            jobs[partition] = Job(epoch: epoch, began: MonotonicClock.milliseconds())
        case .forget(let partition):
            forget(partition)
        }
    }

    private func forget(_ partition: Int32) {
        guard let gone = jobs.removeValue(forKey: partition), gone.positions != nil else { return }
        unassign(partition)
    }

    private func unassign(_ partition: Int32) {
        do { try consumer.incrementallyUnassign([TopicPartition(topics.ledger, partition)]) } catch {
            log.error("restore.unassign", "a ledger partition cannot be let go", ["error": .text(error.message)])
        }
    }

    /// Waits for a second at most, so that one predecessor's pending transaction does not hold back the others' restore.
    private func findPositions(_ partition: Int32, _ report: @Sendable (RestoreResult) -> Void) {
        let asked = MonotonicClock.milliseconds()
        do throws(KafkaError) {
            guard let positions = try positions(partition, report) else { return }
            jobs[partition]?.heldUpSince = nil
            try consumer.incrementallyAssign([
                PartitionOffset(TopicPartition(topics.ledger, partition), .beginning)
            ])
            jobs[partition]?.positions = positions
        } catch {
            if jobs[partition]?.heldUpSince == nil { jobs[partition]?.heldUpSince = asked }
            log.info(
                "restore.waiting", "the committed offsets are not stable or cannot be read yet",
                ["partition": .number(Int64(partition)), "error": .text(error.name)])
            if !error.is(.timedOut) { NativeThread.sleep(milliseconds: 100) }
        }
    }

    /// Where the intake goes on; nil when it must not. A group that has committed nothing begins with the oldest record
    /// there is, of both inputs, and from then on each transaction commits both: one alone has lost the other.
    private func positions(
        _ partition: Int32, _ report: @Sendable (RestoreResult) -> Void
    ) throws(KafkaError) -> [InputTopic: Int64]? {
        let inputs = InputTopic.allCases.map { TopicPartition(topics.name(of: $0), partition) }
        var positions: [InputTopic: Int64] = [:]
        for committed in try consumer.committed(inputs, milliseconds: 1000) {
            guard let input = topics.input(named: committed.topicPartition.topic) else { continue }
            if let offset = committed.offset.number { positions[input] = offset }
        }
        jobs[partition]?.isFirst = positions.isEmpty
        guard positions.isEmpty || positions.count == inputs.count else {
            fail(
                partition, Restorer.offsetsAreGone("the group has a committed offset for one of the two inputs only"),
                report)
            return nil
        }
        for input in InputTopic.allCases {
            let place = TopicPartition(topics.name(of: input), partition)
            let ends = try consumer.queryWatermarks(place, milliseconds: 1000)
            let position = positions[input] ?? ends.low
            guard position <= ends.high else {
                fail(
                    partition,
                    """
                    the group has committed offset \(position) of \(place), which ends at \(ends.high): the topic has been \
                    made anew, or has lost records. Set the offset with kafka-consumer-groups --reset-offsets
                    """, report)
                return nil
            }
            positions[input] = position
        }
        return positions
    }

    private static func offsetsAreGone(_ what: String) -> String {
        """
        \(what): they have expired (offsets.retention.minutes) or were deleted. Reading the inputs from their beginning \
        would answer old requests again. Set the offsets with kafka-consumer-groups --reset-offsets
        """
    }

    private func handle(_ event: ConsumerEvent, _ report: @Sendable (RestoreResult) -> Void) {
        switch event {
        case .record(let record):
            guard jobs[record.partition] != nil else { return }
            jobs[record.partition]?.records += 1
            guard let bytes = record.key, let key = LedgerKey(bytes, partition: record.partition) else {
                fail(record.partition, "the record at offset \(record.offset) has a key that is not known", report)
                return
            }
            switch key {
            case .filing:
                do throws(LedgerProblem) { try jobs[record.partition]?.restored.add(key, record, parser, seal) } catch {
                    fail(record.partition, "the record at offset \(record.offset): \(error)", report)
                }
            case .request, .notification:
                jobs[record.partition]?.latest[key] = record.value == nil ? nil : record
            }
        case .endOfPartition(let place, let offset):
            guard jobs[place.partition] != nil else { return }
            // The cached one is the true high watermark; asking the broker would give the last stable offset.
            if let watermarks = consumer.cachedWatermarks(place), watermarks.high == offset {
                finish(place.partition, report)
            } else {
                if jobs[place.partition]?.heldUpSince == nil {
                    jobs[place.partition]?.heldUpSince = MonotonicClock.milliseconds()
                }
                log.info(
                    "restore.waiting", "a transaction of a predecessor is open; its end is awaited",
                    ["partition": .number(Int64(place.partition)), "offset": .number(offset)])
            }
        case .failed(let error), .partitionFailed(_, let error):
            log.info("restore.error", error.message, ["error": .text(error.name)])
        case .assigned, .revoked, .statistics:
            break
        }
    }

    private func finish(_ partition: Int32, _ report: @Sendable (RestoreResult) -> Void) {
        guard let job = jobs.removeValue(forKey: partition) else { return }
        unassign(partition)
        var restored = job.restored
        restored.positions = job.positions ?? [:]
        for (key, record) in job.latest {
            do throws(LedgerProblem) {
                try restored.add(key, record, parser, seal)
            } catch {
                fail(partition, "the record at offset \(record.offset): \(error)", report)
                return
            }
        }
        if job.isFirst, !job.latest.isEmpty || restored.filingCount > 0 {
            let what = "the ledger has entries, and the group has no committed offsets for the inputs"
            fail(partition, Restorer.offsetsAreGone(what), report)
            return
        }
        report(
            .restored(
                partition: partition, epoch: job.epoch, restored, records: job.records,
                milliseconds: MonotonicClock.milliseconds() - job.began))
    }

    private func fail(_ partition: Int32, _ message: String, _ report: @Sendable (RestoreResult) -> Void) {
        forget(partition)
        report(.failed(partition: partition, "\(topics.ledger) partition \(partition): \(message)"))
    }
}
