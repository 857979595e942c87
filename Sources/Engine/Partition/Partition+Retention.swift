import Estates

extension Partition {
    /// Looks at the next few settled filings and forgets those whose last change is older than the ledger is to remember:
    /// the next tick writes their tombstones. One of which something is pending or in doubt is not among them.
    ///
    /// Until the tombstone is committed, the filing is one of which nothing is known. So a request that comes meanwhile
    /// is a new filing's, whether the tombstone or its own entry gets into the ledger.
    mutating func forgetOld(_ shared: inout Shared) {
        guard stage == .active else { return }
        let now = shared.now.wall
        let limit = Timestamp(milliseconds: now.milliseconds - shared.settings.ledgerRetention)
        for identity in settled.takeExpired(
            settledBefore: limit, now: now, examining: shared.settings.sweepSize)
        {
            addTombstone(identity)
            shared.statistics.count(.filingForgotten)
        }
    }

    /// The next tick writes the tombstone of a filing that was just taken out of the settled ones.
    mutating func addTombstone(_ identity: FilingIdentity) {
        var filing = Filing()
        filing.isWritten = true
        add(filing, as: identity)
        touch(identity)
    }
}
