import Estates

/// What the portal says is compared with what was last seen. The update and the new state go into the same tick, so a change
/// is published once, however often it is seen.
extension Partition {
    /// A field that an answer leaves out is no news.
    ///
    /// - Returns: whether the estate is one that we follow.
    mutating func compare(_ estate: Estate, _ shared: inout Shared) -> Bool {
        guard let row = followed.row(of: estate.id), let before = followed.estate(at: row) else { return false }
        var after = before
        after.status = estate.status ?? before.status
        after.treatment = estate.treatment ?? before.treatment
        after.noticeDate = estate.plausibleNotice ?? before.noticeDate
        if estate.status != nil { after.closedAt = estate.isClosed ? before.closedAt ?? shared.now.wall : nil }
        guard after != before else { return true }
        if let date = after.noticeDate, date != before.noticeDate {
            publish(.noticePublished, before.noticeDate?.description, date.description, estate, after, &shared)
        }
        if let treatment = after.treatment, treatment != before.treatment {
            publish(.treatmentChanged, before.treatment, treatment, estate, after, &shared)
        }
        if let status = after.status, status != before.status {
            let isClosing = after.closedAt != nil && before.closedAt == nil
            publish(isClosing ? .estateClosed : .statusChanged, before.status, status, estate, after, &shared)
        }
        followed.put(after)
        changedEstates.append(after.id)
        return true
    }

    private mutating func publish(
        _ change: EstateUpdate.Change, _ before: String?, _ now: String, _ estate: Estate, _ followed: FollowedEstate,
        _ shared: inout Shared
    ) {
        // If the word alone is another one, the weeks do not begin anew.
        let wasInsolvent = before.map(Estate.isInsolvency) ?? false
        publish(
            EstateUpdate(
                key: followed.key, estate: estate.id, change: change, before: before, after: now, court: estate.court,
                noticeDate: followed.noticeDate,
                insolventSince: change == .treatmentChanged && estate.isInsolvent && !wasInsolvent
                    ? lastKnownSolvent : nil,
                seenAt: shared.now.wall), &shared)
    }

    private mutating func publish(_ update: EstateUpdate, _ shared: inout Shared) {
        updates.append(update)
        shared.statistics.updates[update.change, default: 0] += 1
    }

    /// All that changed before the round's `since` had been seen by then.
    private var lastKnownSolvent: CalendarDate? {
        round.flatMap { CalendarDate(dayNumber: Int($0.since.milliseconds / 86_400_000)) }
    }

    /// A look-up has found a change of which the answer was lost. If the filing's status is not that of one which was just
    /// taken, or as it was last seen, that is news: no round could tell, since the filing was not known to be there.
    ///
    /// - Parameter filed: what the filing is now.
    mutating func noteStatus(
        of identity: FilingIdentity, _ found: FiledRecord, in filed: inout Filed, _ shared: inout Shared
    ) {
        guard !found.isWithdrawn, let status = found.status, status != filed.status ?? FiledRecord.freshStatus else {
            return
        }
        tell(status, of: identity, filed, &shared)
        if followed.row(of: filed.estate) != nil { filed.status = status }
    }

    private mutating func tell(_ status: String, of identity: FilingIdentity, _ filed: Filed, _ shared: inout Shared) {
        guard let estate = followed.row(of: filed.estate).flatMap({ followed.estate(at: $0) }) else { return }
        publish(
            EstateUpdate(
                key: estate.key, estate: estate.id, change: .filingStatusChanged,
                before: filed.status ?? FiledRecord.freshStatus, after: status, noticeDate: estate.noticeDate,
                filing: EstateUpdate.Subject(identity: identity, id: filed.filing), seenAt: shared.now.wall), &shared)
    }

    /// - Parameter receipt: the filing's, when the portal was asked.
    mutating func compare(
        _ identity: FilingIdentity, _ receipt: Receipt, _ records: [FiledRecord], _ shared: inout Shared
    ) {
        guard case .filed(let filed) = standing(identity), filed.receipt == receipt else {
            // We have changed it since, so the answer may be about what was before or after.
            if case .none = standing(identity) { return }
            round?.isWhole = false
            return
        }
        guard let found = records.first(where: { $0.id == filed.filing }), let status = found.status,
            status != filed.status ?? FiledRecord.freshStatus,
            followed.row(of: filed.estate) != nil
        else { return }
        tell(status, of: identity, filed, &shared)
        open(identity)
        filings[identity]?.filed?.status = status
        if found.isWithdrawn {
            // By somebody else.
            filings[identity]?.filed?.isWithdrawn = true
            filings[identity]?.filed?.first = filed.first(of: found.id)
            filings[identity]?.filed?.receipt = found.receipt
            filings[identity]?.filed?.settledAt = shared.now.wall
        }
        touch(identity)
    }
}
