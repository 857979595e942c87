import Engine
import EventLoop
import Kafka

/// Writes orders to erase into the claim requests, and reads the answers from the ledger.
struct EraseOrders {
    private let settings: WorkerSettings
    private let clients: KafkaClients

    init(_ settings: WorkerSettings) {
        self.settings = settings
        clients = KafkaClients(settings: settings, log: SettingsOptions.quietLog(settings))
    }

    /// An order for each partition: the person's requests may have come to several.
    func send(
        _ order: ErasureOrder, to partitions: [Int32], key: [UInt8]
    ) throws(CommandFailure) -> [EraseReport.Place] {
        let topic = settings.topics.claimRequests
        do throws(KafkaError) {
            let records = partitions.map { OutgoingRecord(topic: topic, partition: $0, key: key, value: order.json) }
            var places: [EraseReport.Place] = []
            for outcome in try clients.idempotentProducer().deliver(records, milliseconds: 30_000) {
                switch outcome {
                case .success(let place):
                    places.append(
                        EraseReport.Place(
                            partition: place.topicPartition.partition, offset: place.offset.number ?? -1))
                case .failure(let error): throw error
                }
            }
            return places
        } catch {
            throw CommandFailure(error, while: "writing the order to \(topic)")
        }
    }

    /// Reads the ledger until each order has its answer, or the time is over.
    ///
    /// - Parameter ends: where each partition is read from.
    func await(
        _ orders: [EraseReport.Place], after ends: [Int32: Int64], milliseconds: Int64, waiting: () -> Void
    ) throws(CommandFailure) -> [EraseReport.Place: Erasure] {
        let topic = settings.topics.ledger
        var answers: [EraseReport.Place: Erasure] = [:]
        do throws(KafkaError) {
            let reader = try clients.topicReader()
            try reader.assign(
                orders.map { PartitionOffset(TopicPartition(topic, $0.partition), .at(ends[$0.partition] ?? 0)) })
            let deadline = MonotonicClock.milliseconds() + milliseconds
            while answers.count < orders.count, MonotonicClock.milliseconds() < deadline {
                waiting()
                guard case .record(let record)? = reader.poll(milliseconds: 100) else { continue }
                guard let key = record.key.flatMap({ LedgerKey($0, partition: record.partition) }),
                    case .erasure(let offset) = key, let value = record.value
                else { continue }
                let place = EraseReport.Place(partition: record.partition, offset: offset)
                if orders.contains(place) { answers[place] = try? Erasure(offset: offset, json: value) }
            }
            try reader.unassign()
        } catch {
            throw CommandFailure(error, while: "waiting for the answer in \(topic)")
        }
        return answers
    }
}
