import Synchronization

extension Producer {
    private final class Outcomes: Sendable {
        let each: Mutex<[Result<PartitionOffset, KafkaError>?]>
        init(count: Int) { each = Mutex(Array(repeating: nil, count: count)) }
        func set(_ index: Int, _ outcome: Result<PartitionOffset, KafkaError>) {
            each.withLock { $0[index] = outcome }
        }
    }

    /// Sends records and waits for all of them. Blocking.
    ///
    /// - Returns: for each record in order, where it stands, or why it does not. One that is still under way when the time
    ///   is over is reported as `timedOut`; it may arrive yet.
    public func deliver(
        _ records: [OutgoingRecord], milliseconds: Int32
    ) -> [Result<PartitionOffset, KafkaError>] {
        let outcomes = Outcomes(count: records.count)
        for (index, record) in records.enumerated() {
            do throws(KafkaError) {
                try send(record) { outcomes.set(index, $0) }
            } catch {
                outcomes.set(index, .failure(error))
            }
        }
        // A time-out shows in the outcomes that are missing.
        try? flush(milliseconds: milliseconds)
        let late = KafkaError(.timedOut, message: "no delivery report within \(milliseconds) ms", isRetriable: true)
        return outcomes.each.withLock { $0.map { $0 ?? .failure(late) } }
    }
}
