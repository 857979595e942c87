import Engine
import Estates

/// What news can be about: a field of an estate, or a filing's status.
enum FollowedSubject: Hashable {
    case status(EstateID)
    case treatment(EstateID)
    case notice(EstateID)
    case filing(FilingID)
}

/// News of estates: each change is published once, or together with those that followed it before anybody looked.
///
/// The rule, for one field of an estate in one partition: the news that read_committed readers see form a chain. Each begins
/// with what the one before it ended with, the first with what was seen when following began; each ends with a value that
/// the portal has had, later than the one it begins with; and the last, once all is quiet, with what the portal has.
extension Checker {
    mutating func happened(to id: EstateID, _ estate: Estate) {
        note(.status(id), estate.status)
        note(.treatment(id), estate.treatment)
        note(.notice(id), estate.noticeDate?.description)
    }

    /// - Parameter isFollowed: whether its estate is. If it is not, nobody need tell of it, but may when the estate is
    /// followed again.
    mutating func happened(to id: FilingID, _ status: String, isFollowed: Bool) {
        note(.filing(id), status)
        if isFollowed { unseen.remove(id) } else { unseen.insert(id) }
    }

    /// Dates that have taken the place of those with which estates began.
    var changedNotices: [CalendarDate] {
        var dates: [CalendarDate] = []
        for (subject, values) in histories {
            if case .notice = subject { dates += values.compactMap { CalendarDate($0) } }
        }
        return dates
    }

    private mutating func note(_ subject: FollowedSubject, _ value: String?) {
        guard let value, histories[subject]?.last != value else { return }
        histories[subject, default: []].append(value)
    }

    /// A transaction's part carries news exactly of what it changes in the ledger.
    mutating func checkNews(_ part: TickPart, at now: Int64) {
        var chains: [FollowedSubject: String?] = [:]
        for update in part.updates { follow(update, part.partition, &chains, at: now) }
        let view = views[Int(part.partition)]
        var latest = view.estates
        for write in part.ledger {
            switch write {
            case .estate(let estate):
                // What is seen first is no news.
                let before = latest[estate.id] ?? estate
                latest[estate.id] = estate
                expect(.status(estate.id), estate.status, before.status, chains, at: now)
                expect(.treatment(estate.id), estate.treatment, before.treatment, chains, at: now)
                expect(
                    .notice(estate.id), estate.noticeDate?.description, before.noticeDate?.description, chains, at: now)
            case .forgetEstate(let id):
                latest[id] = nil
                // What has changed since the last round is not told, nor when the estate is followed again.
                for case let filed? in view.filings.values.map(\.filed) where filed.estate == id {
                    unseen.insert(filed.filing)
                }
                for subject in chains.keys where subject.estate == id { chains[subject] = nil }
            case .filing(let entry):
                guard let filed = entry.filed, !filed.isCancelledForever else { continue }
                let before = view.filings[entry.identity]?.filed
                let old = before?.filing == filed.filing ? before?.status : nil
                expect(.filing(filed.filing), filed.status, old, chains, at: now)
            case .request, .forgetRequest, .forgetFiling, .notification, .forgetNotification, .erasure, .checkpoint:
                break
            }
        }
    }

    /// One piece of news, after those of the same part before it.
    private mutating func follow(
        _ update: EstateUpdate, _ partition: Int32, _ chains: inout [FollowedSubject: String?], at now: Int64
    ) {
        let subject = FollowedSubject(update)
        let known = views[Int(partition)]
        if chains[subject] == nil {
            switch subject {
            // If following it has just begun, what it was like then is not in the ledger yet.
            case .status(let id): if let estate = known.estates[id] { chains[subject] = estate.status }
            case .treatment(let id): if let estate = known.estates[id] { chains[subject] = estate.treatment }
            case .notice(let id): if let estate = known.estates[id] { chains[subject] = estate.noticeDate?.description }
            case .filing:
                if let filed = update.filing.flatMap({ known.filings[$0.identity]?.filed }),
                    filed.filing == update.filing?.id
                {
                    chains[subject] = filed.status ?? FiledRecord.freshStatus
                }
            }
        }
        if let last = chains[subject], last != update.before {
            fail("\(subject) was \(last ?? "nothing"), and is said to have been \(update.before ?? "nothing")", at: now)
        }
        let history = histories[subject] ?? []
        let from = update.before.flatMap { history.firstIndex(of: $0) } ?? -1
        if !update.isOfOurWithdrawal, history.firstIndex(of: update.after) ?? -1 <= from {
            fail("\(subject) is said to be \(update.after), and has not become that", at: now)
        }
        chains[subject] = update.after
        if update.key.isEmpty { fail("news of \(subject) has no key", at: now) }
    }

    private mutating func expect(
        _ subject: FollowedSubject, _ value: String?, _ before: String?, _ chains: [FollowedSubject: String?],
        at now: Int64
    ) {
        if let told = chains[subject] {
            if told != value { fail("\(subject) is \(value ?? "nothing"), and news of it say otherwise", at: now) }
        } else if value != before {
            fail("\(subject) is \(value ?? "nothing") in the ledger, and there is no news of it", at: now)
        }
    }
}

extension FollowedSubject {
    fileprivate init(_ update: EstateUpdate) {
        switch update.change {
        case .noticePublished: self = .notice(update.estate)
        case .treatmentChanged: self = .treatment(update.estate)
        case .estateClosed, .statusChanged: self = .status(update.estate)
        case .filingStatusChanged:
            guard let filing = update.filing else { preconditionFailure("news of no filing") }
            self = .filing(filing.id)
        }
    }

    fileprivate var estate: EstateID? {
        switch self {
        case .status(let id), .treatment(let id), .notice(let id): id
        case .filing: nil
        }
    }
}

extension EstateUpdate {
    /// A withdrawal that was given up and came in late is somebody else's to us.
    fileprivate var isOfOurWithdrawal: Bool { change == .filingStatusChanged && after == "slettet" }
}

extension Filed {
    /// It never reached the portal.
    fileprivate var isCancelledForever: Bool { filing.text.isEmpty }
}

extension Simulation {
    /// Whether all that the portal has of followed estates and of our filings in them has been published.
    var isEverythingTold: Bool {
        guard plan.following != nil else { return true }
        return checker.views.allSatisfy { view in
            view.estates.values.allSatisfy { seen in
                let estate = portal.estate(seen.id)
                return seen.status == estate.status && seen.treatment == estate.treatment
                    && seen.noticeDate == estate.noticeDate
            } && view.filings.values.allSatisfy { isToldOf($0, view) }
        }
    }

    private func isToldOf(_ entry: FilingEntry, _ view: LedgerView) -> Bool {
        guard let filed = entry.filed, !filed.isWithdrawn, view.estates[filed.estate] != nil,
            let filing = workload.filingIndex[entry.identity],
            let stored = portal.filings[filing].first(where: { $0.id == filed.filing }), !stored.isWithdrawn,
            !stored.isArchived, !checker.unseen.contains(stored.id),
            // The model's look-ups find a filing in whichever estate they are made.
            stored.estate == filed.estate
        else { return true }
        return filed.status ?? FiledRecord.freshStatus == stored.status
    }
}
