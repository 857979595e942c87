import Synchronization

/// The first delivery that failed since a transaction began. Written by whichever thread polls or flushes, read by the
/// one that commits.
final class DeliveryFailures: Sendable {
    private let first = Mutex<KafkaError?>(nil)

    func note(_ failure: KafkaError) {
        first.withLock { if $0 == nil { $0 = failure } }
    }

    func take() -> KafkaError? {
        first.withLock { first in
            defer { first = nil }
            return first
        }
    }
}
