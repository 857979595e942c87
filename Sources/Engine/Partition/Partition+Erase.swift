import Estates

extension Partition {
    /// Removes a person from the ledger, if nothing of theirs is pending or in doubt: one tick carries the tombstones of all
    /// that is filed under the record's key, what became of the order, and its offset. Whoever is killed before that has done
    /// nothing, and the order is taken in again; whoever comes after it finds all of it done.
    ///
    /// A filing with its tombstone still to be committed is one of which nothing is known, as with `forgetOld`: a request that
    /// comes after the order is a new filing's, whichever of the two gets into the ledger.
    ///
    /// All filings are looked through, as for a correction: both are rare, and an index would cost each filing memory.
    mutating func erase(_ order: ErasureOrder, _ record: OriginalRecord, _ shared: inout Shared) {
        let person = record.person
        let unfinished = unfinishedWork(of: person)
        let result: Erasure.Result
        if unfinished.isNone {
            let filings = filingsAtRest(of: person)
            for identity in filings { forget(identity) }
            unfollow(person, &shared)
            // They are few and soon forgotten anyway, and do not say whose key's they are.
            shared.recentEstates.forgetAll()
            result = .erased(filings: filings.count)
            if !filings.isEmpty { shared.statistics.count(.personErased) }
        } else {
            result = .refused(unfinished)
            shared.statistics.count(.erasureRefused)
        }
        records.append(
            .erasure(Erasure(offset: record.source.offset, order: order, result: result, at: shared.now.wall)))
    }

    private func unfinishedWork(of person: PersonKey) -> UnfinishedWork {
        var found = UnfinishedWork()
        for filing in filings.values {
            let isTheirs = filing.concerns(person)
            if filing.doubt != nil, isTheirs { found.inDoubt += 1 }
            // A request of somebody else's about their filing is in the way too: it is decided by what is filed.
            found.requests += filing.requests.map { isTheirs || $0.record.person == person }.count { $0 }
        }
        found.notifications = notifications.values.count { $0.record.person == person }
        // An answered one may still be needed by requests that name the number which it says was changed.
        found.notifications += renumberings.values.count { $0.isAnswered && $0.person == person }
        return found
    }

    /// In an order that does not depend on a hash table's: that differs from process to process, and runs must not.
    private func filingsAtRest(of person: PersonKey) -> [FilingIdentity] {
        var found = filings.filter { $0.value.concerns(person) }.map(\.key)
        settled.visit(person) { identity, _ in found.append(identity) }
        return found.sorted { $0.path < $1.path }
    }

    private mutating func forget(_ identity: FilingIdentity) {
        if settled.remove(identity) != nil {
            addTombstone(identity)
        } else if filings[identity]?.isWritten == true {
            // The tick with its entry is still under way.
            filings[identity]?.filed = nil
            filings[identity]?.deadline = nil
            touch(identity)
        } else {
            // No tick has carried it yet, and none is to.
            remove(identity)
        }
    }
}

extension Filing {
    /// Whether it is filed for the person, or remembered of a request of theirs that was given up.
    fileprivate func concerns(_ person: PersonKey) -> Bool {
        filed?.person == person || isGivenUp && givenUpFor == person
    }
}
