import Kafka

/// Ends transactions that a worker has left open: one that was killed, or stands still.
///
/// A broker aborts such a transaction by itself when its time is over, 30 to 40 s after it began. Until then the new owner
/// can read neither the committed offsets nor the end of the ledger, and nobody the replies behind it. Whoever opens a
/// producer with the same transactional id ends it at once, and the worker that left it, should it go on, is told that its
/// producer is fenced and makes another (`Committer`): at worst it restores its partitions. So a live worker may be mistaken for
/// a dead one, and nothing can be lost: the transaction is aborted, or was committed before.
final class AbandonedTransactions {
    private let clients: KafkaClients
    private let log: Log
    /// Sees what is not committed; made when it is needed first.
    private var reader: Consumer?

    init(_ clients: KafkaClients) {
        self.clients = clients
        log = clients.log
    }

    /// Ends the oldest open transaction in a partition of the ledger, if there is one and it is another worker's. Blocking,
    /// for some seconds at most while brokers answer.
    ///
    /// - Parameter lastStable: where that transaction begins.
    func endOldest(in place: TopicPartition, at lastStable: Int64) {
        do throws(KafkaError) {
            guard let writer = try writer(place, lastStable), writer != clients.transactionalID,
                writer.hasPrefix(clients.settings.groupID + "-")
            else { return }
            let successor = try clients.producer(batchBytes: 1, transactionalID: writer)
            try successor.initTransactions(milliseconds: 5000)
            log.warning(
                "restore.fenced", "a transaction that another worker left open was ended",
                ["partition": .number(Int64(place.partition)), "writer": .text(writer)])
        } catch {
            // It is tried again for as long as it is in the way, and the broker ends it at last.
            log.info(
                "restore.error", "an open transaction cannot be ended: \(error.message)",
                ["partition": .number(Int64(place.partition)), "error": .text(error.name)])
        }
    }

    private func openReader() throws(KafkaError) -> Consumer {
        if let reader { return reader }
        let fresh = try clients.uncommittedReader()
        // Without it, the first record would wait a second for the ledger's metadata.
        try? fresh.warmMetadata(of: [clients.settings.topics.ledger], milliseconds: 1000)
        reader = fresh
        return fresh
    }

    /// Whose record stands at the last stable offset; nil when there is none.
    private func writer(_ place: TopicPartition, _ lastStable: Int64) throws(KafkaError) -> String? {
        let reader = try openReader()
        try reader.assign([PartitionOffset(place, .at(lastStable))])
        for _ in 0..<30 {
            switch reader.poll(milliseconds: 100) {
            case .record(let record):
                guard record.topicPartition == place, record.offset >= lastStable else { continue }
                try reader.unassign()
                return LedgerWriter.transactionalID(of: record)
            case .endOfPartition(place, _):
                try reader.unassign()
                return nil
            default:
                continue
            }
        }
        try reader.unassign()
        return nil
    }
}
