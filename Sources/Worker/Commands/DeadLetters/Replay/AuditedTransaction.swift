import Kafka
import Synchronization

/// Puts letters back together with their audit records: all of them or none.
struct AuditedTransaction {
    /// How it ended.
    enum End {
        case committed
        /// Surely not committed: the reason.
        case aborted(KafkaError)
        /// Perhaps committed, perhaps not; this lock is finished. The audit tells whoever takes the lock next.
        case unknown(KafkaError)
        /// Another process holds the lock now.
        case lockLost
    }

    /// Where each record was written.
    private final class Deliveries: Sendable {
        private let places: Mutex<[PartitionOffset?]>

        init(count: Int) { places = Mutex(Array(repeating: nil, count: count)) }

        func note(_ index: Int, _ outcome: Result<PartitionOffset, KafkaError>) {
            if case .success(let place) = outcome { places.withLock { $0[index] = place } }
        }

        var all: [PartitionOffset?] { places.withLock { $0 } }
    }

    let lock: AuditLock
    let topics: TopicNames
    let run: RunIdentity
    let edits: [String]
    private let timeout: Int32 = 5000

    init(_ lock: AuditLock, _ topics: TopicNames, _ run: RunIdentity, edits: [String]) {
        self.lock = lock
        self.topics = topics
        self.run = run
        self.edits = edits
    }

    /// Blocking.
    ///
    /// - Parameter holder: what is told of this run; also without letters.
    func commit(_ letters: [PreparedLetter], _ holder: LockHolder) -> End {
        do throws(KafkaError) {
            try AuditLock.insist { () throws(KafkaError) in try lock.producer.beginTransaction() }
            let deliveries = Deliveries(count: letters.count)
            for (index, letter) in letters.enumerated() {
                guard let record = letter.record else { continue }
                try lock.producer.produce(record) { deliveries.note(index, $0) }
            }
            // The audit says where each record stands, so that has to be known first.
            try flush()
            for (letter, target) in zip(letters, deliveries.all) {
                let entry = letter.entry(target, run: run, edits: edits)
                try lock.producer.produce(entry.record(of: letter.place, in: topics))
            }
            try lock.producer.produce(holder.record(in: topics))
            try flush()
        } catch {
            return undo(error)
        }
        do throws(KafkaError) {
            try AuditLock.insist { () throws(KafkaError) in
                try lock.producer.commitTransaction(milliseconds: timeout)
            }
            return .committed
        } catch {
            if AuditLock.isLost(error) { return .lockLost }
            return error.requiresAbort && !error.isFatal ? undo(error) : .unknown(error)
        }
    }

    private func flush() throws(KafkaError) {
        try AuditLock.insist { () throws(KafkaError) in try lock.producer.flush(milliseconds: timeout) }
        if let failure = lock.producer.takeDeliveryFailure() { throw failure }
    }

    /// Ends a transaction that surely is not committed.
    private func undo(_ cause: KafkaError) -> End {
        if AuditLock.isLost(cause) { return .lockLost }
        let cause = lock.producer.takeDeliveryFailure() ?? cause
        if let fatal = lock.producer.fatalError { return AuditLock.isLost(fatal) ? .lockLost : .unknown(fatal) }
        do throws(KafkaError) {
            try AuditLock.insist { () throws(KafkaError) in
                try lock.producer.abortTransaction(milliseconds: timeout)
            }
            return .aborted(cause)
        } catch {
            return AuditLock.isLost(error) ? .lockLost : .unknown(error)
        }
    }
}
