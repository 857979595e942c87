import Engine
import Estates

extension Checker {
    /// A warning that somebody was given.
    struct GivenWarning: Hashable {
        let identity: FilingIdentity
        let deadline: ClaimDeadline
        let warning: DeadlineWarning
    }

    /// An engine warns of a deadline: it must be one that follows from a notice, and be as near as is said.
    mutating func deadlineNear(
        _ identity: FilingIdentity, _ news: DeadlineNews, _ deadline: ClaimDeadline, _ worker: ModelWorker,
        at now: Int64
    ) {
        warnings.insert(GivenWarning(identity: identity, deadline: deadline, warning: news.warning))
        let notices = workload.persons.compactMap(\.notice) + changedNotices
        let isRight =
            switch news.state {
            case .waiting, .deadLettered: notices.contains { ClaimDeadline(ofClaimsAfter: $0) == deadline }
            case .preliminary: notices.contains { ClaimDeadline(ofFinalClaimsAfter: $0) == deadline }
            }
        if !isRight || identity.kind != .claim { fail("a warning of a deadline that nobody has set", at: now) }
        if DeadlineWarning(deadline, at: worker.moment(at: now).wall) != news.warning {
            fail("\(identity.reference) was said to be \(news.warning.label) from its deadline, and is not", at: now)
        }
    }

    /// What the ledger says of warnings must have been said.
    mutating func checkMarks(_ entry: FilingEntry, at now: Int64) {
        for (watch, deadline) in entry.deadlines {
            guard let warned = watch.warned, warned != .lapsed else { continue }
            let given = GivenWarning(identity: entry.identity, deadline: deadline, warning: warned)
            if !warnings.contains(given) {
                fail("the ledger says that a warning of \(entry.identity.reference) was given, and none was", at: now)
            }
        }
    }

    /// When all is over, every claim that can be lost has been warned of; what can be saved no more is not remembered.
    mutating func checkWarnings(_ partition: Int32, owner: ModelWorker, at now: Int64) {
        // It is looked at once a second.
        let time = owner.moment(at: now - 3_000).wall
        for entry in views[Int(partition)].filings.values {
            for (watch, deadline) in entry.deadlines where entry.requests.isEmpty {
                guard let due = DeadlineWarning(deadline, at: time) else { continue }
                if watch.warned.map({ $0 < due }) ?? true {
                    fail("nobody was warned that \(entry.identity.reference) has \(due.label) left", at: now)
                }
                if due == .lapsed, watch == entry.deadline {
                    fail("\(entry.identity.reference) is remembered though its deadline is over", at: now)
                }
            }
        }
    }

    /// The reply to a claim that was just filed says when the notice was.
    mutating func checkNotice(_ reply: ClaimReply, at now: Int64) {
        guard reply.outcome == .filed, reply.request.identity.kind == .claim, let estate = reply.filed?.estate,
            let person = workload.persons.indices.first(where: { estate.text.hasPrefix("E\($0)-") })
        else { return }
        // When only attachments were missing, the estate was not sought again.
        if reply.notice == nil, !reply.request.attachments.isEmpty || areNoticesHidden { return }
        if reply.notice != workload.persons[person].notice, histories[.notice(EstateID("E\(person)-0"))] == nil {
            fail("\(reply.request.identity.reference) was filed, and its reply has another notice", at: now)
        }
    }
}

extension FilingEntry {
    /// Those that still matter.
    fileprivate var deadlines: [(DeadlineWatch, ClaimDeadline)] {
        if let filed, !filed.isWithdrawn {
            return filed.finalDeadline.map { [($0, ClaimDeadline(ofFinalClaimsAfter: $0.notice))] } ?? []
        }
        return deadline.map { [($0, ClaimDeadline(ofClaimsAfter: $0.notice))] } ?? []
    }
}
