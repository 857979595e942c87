import Synchronization

/// The portal behind its lock: the server's thread brings requests, and any thread may ask for the audit.
final class Desk: Sendable {
    private let portal: Mutex<Portal>
    private let inFlight = Atomic<Int>(0)
    private let inFlightPeak = Atomic<Int>(0)

    init(_ portal: Portal) { self.portal = Mutex(portal) }

    func withPortal<Result: Sendable>(_ body: (inout Portal) -> Result) -> Result {
        portal.withLock { body(&$0) }
    }

    func enter() {
        let now = inFlight.add(1, ordering: .relaxed).newValue
        inFlightPeak.max(now, ordering: .relaxed)
    }

    func leave() { inFlight.subtract(1, ordering: .relaxed) }

    func reset() {
        portal.withLock { $0.reset() }
        inFlightPeak.store(inFlight.load(ordering: .relaxed), ordering: .relaxed)
    }

    func audit() -> Audit {
        let inFlight = inFlight.load(ordering: .relaxed)
        let peak = inFlightPeak.load(ordering: .relaxed)
        return portal.withLock { portal in
            let counts = portal.store.counts
            let faults = portal.counters.injected.map { ($0.key.rawValue, $0.value) }
            return Audit(
                filings: counts.creates, identities: portal.store.identities.count, duplicates: counts.duplicates,
                amends: counts.amends, withdrawals: counts.withdrawals, attachments: counts.attachments,
                duplicateAttachments: counts.duplicateAttachments, estateChanges: portal.changeLog.estates,
                statusChanges: portal.changeLog.filings, searches: portal.counters.searches,
                searchesPerSecondPeak: portal.counters.searchesPerSecondPeak, inFlight: inFlight, inFlightPeak: peak,
                calls: portal.counters.byCall, faults: Dictionary(uniqueKeysWithValues: faults))
        }
    }
}
