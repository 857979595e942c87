import Synchronization

/// The first delivery that failed since a transaction began, and for a reason of its own: when a record fails the library
/// throws away those that are queued, and reports that (`_PURGE_QUEUE`) before the failure itself. Written by whichever
/// thread polls or flushes, read by the one that commits.
final class DeliveryFailures: Sendable {
    private let first = Mutex<KafkaError?>(nil)

    func note(_ failure: KafkaError) {
        first.withLock { if $0 == nil || $0?.is(.purgedFromQueue) == true { $0 = failure } }
    }

    func take() -> KafkaError? {
        first.withLock { first in
            defer { first = nil }
            return first
        }
    }
}
