import Estates

/// A deceased whose estate is being sought, for everyone who waits for it: one search serves them all.
struct Person {
    enum Search: Hashable {
        case idle
        /// Waits for a free call.
        case queued
        case underWay(CallTicket)
        /// Is made again then, on the monotonic clock.
        case scheduled(at: Int64)
    }

    enum Waiter: Hashable {
        case filing(FilingIdentity)
        /// By its offset in death-notifications.
        case notification(Int64)
    }

    var search = Search.idle
    var waiters: [Waiter] = []
    /// The earliest of those who wait, or have waited; known when their estate was found once before.
    var deadline: ClaimDeadline?
    /// Searches in a row that found nothing; decides the next wait.
    var misses = 0
    /// When the last of them ended, on the monotonic clock; nil when another owner made it.
    var missedAt: Int64?
    /// Searches in a row that failed; decides the next back-off.
    var failures = 0
    /// Searches in a row that were answered with something odd.
    var oddAnswers = 0

    /// Takes over what an owner before us has been through.
    mutating func goOn(failures: Int = 0, misses: Int = 0) {
        self.failures = max(self.failures, failures)
        self.misses = max(self.misses, misses)
    }
}

/// A death notification whose estate has not been found yet.
struct PendingNotification {
    let record: OriginalRecord
    let notification: DeathNotification
    let acceptedAt: Timestamp
    /// Searches that found nothing.
    var attempts = 0
    var failingSince: Timestamp?
    /// The next search according to the ledger, or to what it gets with the next tick; nil when it has no schedule of it.
    var plannedAt: Timestamp?

    var isScheduled: Bool { plannedAt != nil }
}
