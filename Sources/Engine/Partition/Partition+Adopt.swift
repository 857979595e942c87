import Estates

/// Filings that were made by somebody else before us: `filing.adopt`. What the portal has under the reference is learned
/// before the first sending; what a request amounts to then, the same table says as for what we have filed ourselves.
extension Partition {
    /// Whether the portal is asked what it has before the oldest request is sent, or refused for want of a filing.
    func mustLookFirst(_ identity: FilingIdentity, _ shared: Shared) -> Bool {
        guard shared.settings.adoptsFilings, let filing = filings[identity], let head = filing.requests.first,
            !filing.isLookedUp, filing.doubt == nil, !filing.wasEverInDoubt, filing.attempts == 0,
            filing.missing == nil
        else { return false }
        guard let filed = filing.filed else { return true }
        // Nothing of it was ever sent. To withdraw it once more needs no call, as always.
        if filed.isCancelled { return head.request.action == .submit }
        // It was found while no request said the same: this one may.
        return filed.hasUnknownContents && !filed.isWithdrawn && head.request.action != .withdraw
    }

    /// Whether somebody may have filed it: not while the search says that there is no estate for a submission. An amendment
    /// of what is not known here says that somebody has.
    func mayBeFiledByOthers(_ identity: FilingIdentity, _ shared: Shared) -> Bool {
        guard mustLookFirst(identity, shared), let filing = filings[identity] else { return false }
        return filing.phase != .waitingForEstate || filing.requests.first?.request.action != .submit
    }

    /// Looks up what the portal has, as soon as the estate is known and a call is free. It reads, so it needs no intent.
    mutating func lookFirst(_ identity: FilingIdentity, estate: EstateID?, _ shared: inout Shared) {
        guard let newest = filings[identity]?.newest else { return }
        filings[identity]?.estate = estate
        filings[identity]?.nextAt = nil
        filings[identity]?.inheritedLease = nil
        if estate == nil {
            move(identity, to: .waitingForSearch, &shared)
            touch(identity)
            seek(newest.request.deceased, for: .filing(identity), &shared)
        } else {
            move(identity, to: .adoptReady, &shared)
            touch(identity)
            shared.calls.enqueue(caller(.filing(identity), at: shared.now.wall))
        }
    }

    mutating func adoptionEnded(
        _ identity: FilingIdentity, _ result: Result<PortalAnswer, CallFailure>, _ shared: inout Shared
    ) {
        guard let filing = filings[identity], let head = filing.requests.first, let estate = filing.estate else {
            return
        }
        switch result {
        case .success(.filings(let records)):
            filings[identity]?.isLookedUp = true
            filings[identity]?.failures = 0
            filings[identity]?.oddAnswers = 0
            filings[identity]?.failingSince = nil
            move(identity, to: .settled, &shared)
            touch(identity)
            if let found = records.first(where: { !$0.isWithdrawn }) ?? records.last {
                tellDuplicates(identity, records, &shared)
                adopt(found, of: identity, in: estate, &shared)
                begin(identity, &shared)
            } else if head.request.action == .submit {
                sendFirst(identity, estate, &shared)
            } else {
                begin(identity, &shared)
            }
        case .success(.estates), .success(.receipt), .success(.attached), .success(.changedEstates),
            .success(.rehearsed):
            preconditionFailure("a look-up was answered with something else")
        case .failure(let failure):
            changeFailed(identity, failure, filing, head.request, &shared)
        }
    }

    /// The filing is as the portal has it from now on, and as good as ours.
    private mutating func adopt(
        _ found: FiledRecord, of identity: FilingIdentity, in estate: EstateID, _ shared: inout Shared
    ) {
        // One of the requests may say what is filed. Contents that none of them has are equal to no request's.
        let person = filings[identity]?.requests.first?.record.person
        let same = filings[identity]?.requests.map(\.request).first { request in
            found.contents.map { request.contents?.saysTheSame(as: $0) == true } ?? false
        }
        let known = filings[identity]?.filed.flatMap { $0.filing == found.id ? $0 : nil }
        let isPreliminary = !found.isWithdrawn && found.contents?.isPreliminary == true
        let noticed = filings[identity]?.deadline.flatMap { DeadlineWatch(notice: $0.notice) }
        var filed = Filed(
            estate: estate, filing: found.id, receipt: found.receipt,
            digest: same?.digest ?? .unknown, revision: max(known?.revision ?? 1, 1), isWithdrawn: found.isWithdrawn,
            isIncomplete: same?.attachments.contains { !found.attached.contains($0.attached) } ?? false,
            settledAt: shared.now.wall, person: person, first: known?.first,
            isPreliminary: isPreliminary, finalDeadline: isPreliminary ? known?.finalDeadline ?? noticed : nil,
            status: known?.status)
        noteStatus(of: identity, found, in: &filed, &shared)
        filings[identity]?.filed = filed
        shared.statistics.count(.filingAdopted)
    }

    /// The portal has nothing: the request is sent to the estate that was found for it.
    private mutating func sendFirst(_ identity: FilingIdentity, _ estate: EstateID, _ shared: inout Shared) {
        let before = filings[identity]?.newest?.request.deceased
        if combine(identity, &shared) { return begin(identity, &shared) }
        let isSamePerson = filings[identity]?.newest?.request.deceased == before
        propose(identity, estate: isSamePerson ? estate : nil, &shared)
    }
}
