import EventLoop
import Glibc
import Kafka
import Synchronization

/// Sends records with an idempotent producer and keeps count of what became of them.
final class Delivery: Sendable {
    private struct Tally {
        var delivered = 0
        var failures: [(line: Int, error: KafkaError)] = []
        var failed = 0
    }

    private static let mostUnderWay = 10_000
    private let producer: Producer
    private let tally = Mutex(Tally())

    init(_ producer: Producer) { self.producer = producer }

    var delivered: Int { tally.withLock { $0.delivered } }
    var failed: Int { tally.withLock { $0.failed } }
    /// The first of them, with the line that each was made of.
    var failures: [(line: Int, error: KafkaError)] { tally.withLock { $0.failures } }
    var unreported: Int { producer.unreported }

    func send(_ record: OutgoingRecord, line: Int) throws(KafkaError) {
        try producer.send(record) { [self] outcome in
            tally.withLock { tally in
                switch outcome {
                case .success: tally.delivered += 1
                case .failure(let error):
                    tally.failed += 1
                    if tally.failures.count < 20 { tally.failures.append((line, error)) }
                }
            }
        }
        producer.poll()
        while producer.unreported > Delivery.mostUnderWay { producer.poll(milliseconds: 100) }
    }

    /// Waits until all are delivered or have failed, which they do by themselves after `message.timeout.ms`.
    func finish(_ progress: () -> Void) {
        while producer.unreported > 0 {
            producer.poll(milliseconds: 100)
            progress()
        }
    }
}
