import Driver
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
/// First it asks for the committed offsets of a partition's inputs, then it reads the ledger, read_committed. What must be
/// true of both, and how long what a predecessor has left open is waited for, says `RestoreRun`.
final class Restorer {
    private struct Job {
        let epoch: UInt64
        let began: Int64
        var run = RestoreRun()
        /// The offsets are known, and the ledger is being read.
        var isReading = false
        /// Filings are read as they come: there may be a million, and as records they would take many times the room.
        var restored = RestoredPartition()
        /// The rest is read once it is known to be needed: contents may be megabytes, and most are tombstoned later.
        var latest: [LedgerKey: Record] = [:]
        /// Somebody was erased: it has had entries, though nothing may be left of them.
        var hasErasures = false
        var records = 0
    }

    private let topics: TopicNames
    private let mode: FilingMode
    private let parser: RecordParser
    private let seal: Seal
    private let log: Log
    private let consumer: Consumer
    private let abandoned: AbandonedTransactions
    private var jobs: [Int32: Job] = [:]

    init(clients: KafkaClients, parser: RecordParser) throws(KafkaError) {
        topics = clients.settings.topics
        mode = clients.settings.mode
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
            for partition in jobs.keys.sorted() where jobs[partition]?.isReading == false {
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
            guard jobs[partition]?.run.mustEndPredecessor(at: MonotonicClock.milliseconds()) == true else { continue }
            let ledger = TopicPartition(topics.ledger, partition)
            // Asked read_committed, so it is the last stable offset.
            if let lastStable = try? consumer.queryWatermarks(ledger, milliseconds: 1000).high {
                abandoned.endOldest(in: ledger, at: lastStable)
                if jobs[partition]?.run.mustTell(at: MonotonicClock.milliseconds()) == true {
                    log.error(
                        "restore.stuck",
                        """
                        a transaction has been open in the ledger for longer than brokers let any be: they have probably \
                        lost its end, and the partition waits for it. docs/outages.md says what to do
                        """,
                        ["partition": .number(Int64(partition)), "offset": .number(lastStable)])
                }
            }
            jobs[partition]?.run.triedToEndPredecessor(at: MonotonicClock.milliseconds())
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
        guard let gone = jobs.removeValue(forKey: partition), gone.isReading else { return }
        unassign(partition)
    }

    private func unassign(_ partition: Int32) {
        do { try consumer.incrementallyUnassign([TopicPartition(topics.ledger, partition)]) } catch {
            log.error("restore.unassign", "a ledger partition cannot be let go", ["error": .text(error.message)])
        }
    }

    /// Waits for a second at most, so that one predecessor's pending transaction does not hold back the others' restore.
    private func findPositions(_ partition: Int32, _ report: @Sendable (RestoreResult) -> Void) {
        guard var run = jobs[partition]?.run else { return }
        let asked = MonotonicClock.milliseconds()
        do throws(KafkaError) {
            if let refusal = try findPositions(partition, &run) {
                return fail(partition, text(refusal, partition), report)
            }
            try consumer.incrementallyAssign([
                PartitionOffset(TopicPartition(topics.ledger, partition), .beginning)
            ])
            jobs[partition]?.run = run
            jobs[partition]?.isReading = true
        } catch {
            jobs[partition]?.run.heldUp(at: asked)
            log.info(
                "restore.waiting", "the committed offsets are not stable or cannot be read yet",
                ["partition": .number(Int64(partition)), "error": .text(error.name)])
            if !error.is(.timedOut) { NativeThread.sleep(milliseconds: 100) }
        }
    }

    private func findPositions(
        _ partition: Int32, _ run: inout RestoreRun
    ) throws(KafkaError) -> RestoreRun.Refusal? {
        let inputs = InputTopic.allCases.map { TopicPartition(topics.name(of: $0), partition) }
        var found: [InputTopic: Int64] = [:]
        for committed in try consumer.committed(inputs, milliseconds: 1000) {
            guard let input = topics.input(named: committed.topicPartition.topic) else { continue }
            if let offset = committed.offset.number { found[input] = offset }
        }
        if let refusal = run.found(committed: found) { return refusal }
        for input in InputTopic.allCases {
            let place = TopicPartition(topics.name(of: input), partition)
            let ends = try consumer.queryWatermarks(place, milliseconds: 1000)
            if let refusal = run.found(input, low: ends.low, high: ends.high) { return refusal }
        }
        return nil
    }

    private func text(_ refusal: RestoreRun.Refusal, _ partition: Int32) -> String {
        switch refusal {
        case .oneOffsetOnly:
            Restorer.offsetsAreGone("the group has a committed offset for one of the two inputs only")
        case .ledgerWithoutOffsets:
            Restorer.offsetsAreGone("the ledger has entries, and the group has no committed offsets for the inputs")
        case .beyondEnd(let input, let offset, let end):
            """
            the group has committed offset \(offset) of \(TopicPartition(topics.name(of: input), partition)), which ends \
            at \(end): the topic has been made anew, or has lost records. Set the offset with kafka-consumer-groups \
            --reset-offsets
            """
        }
    }

    private static func otherMode(_ written: FilingMode) -> String {
        switch written {
        case .shadow:
            """
            a shadow has written it: what it says was filed was not. A worker that files needs a ledger of its own \
            (topics.ledger)
            """
        case .live:
            """
            a worker that files has written it, and it knows what is at the portal. A shadow needs a ledger of its own \
            (topics.ledger)
            """
        }
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
            let written = LedgerMark.mode(of: record.headers)
            guard written == mode else {
                fail(record.partition, Restorer.otherMode(written), report)
                return
            }
            guard let bytes = record.key, let key = LedgerKey(bytes, partition: record.partition) else {
                fail(record.partition, "the record at offset \(record.offset) has a key that is not known", report)
                return
            }
            switch key {
            case .filing, .estate, .checkpoint:
                do throws(LedgerProblem) { try jobs[record.partition]?.restored.add(key, record, parser, seal) } catch {
                    fail(record.partition, "the record at offset \(record.offset): \(error)", report)
                }
            case .request, .notification:
                jobs[record.partition]?.latest[key] = record.value == nil ? nil : record
            case .erasure:
                jobs[record.partition]?.hasErasures = true
            }
        case .endOfPartition(let place, let offset):
            guard let run = jobs[place.partition]?.run else { return }
            // The cached one is the true high watermark; asking the broker would give the last stable offset.
            if run.isWhole(at: offset, highWatermark: consumer.cachedWatermarks(place)?.high) {
                finish(place.partition, report)
            } else {
                jobs[place.partition]?.run.heldUp(at: MonotonicClock.milliseconds())
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
        guard var job = jobs.removeValue(forKey: partition) else { return }
        unassign(partition)
        let isEmpty = job.latest.isEmpty && job.restored.filingCount == 0 && !job.hasErasures
        if job.run.mustStartOver(isLedgerEmpty: isEmpty) {
            jobs[partition] = Job(epoch: job.epoch, began: job.began, run: job.run)
            return
        }
        var restored = job.restored
        restored.positions = job.run.positions
        for (key, record) in job.latest {
            do throws(LedgerProblem) {
                try restored.add(key, record, parser, seal)
            } catch {
                fail(partition, "the record at offset \(record.offset): \(error)", report)
                return
            }
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
