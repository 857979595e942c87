import Estates

/// Something that the courts do to an estate, or to a filing of ours.
struct Happening {
    enum Kind {
        case notice, treatment, insolvency, status, closing
        case filingStatus
    }

    let at: Int64
    let kind: Kind
    /// Chooses the estate or filing among those that are there then.
    let choice: Int
    /// How much earlier the time is that the change bears.
    let lateness: Int64

    init(_ random: inout SimulationRandom, before end: Int64) {
        at = random.number(1_000...(end - 1))
        kind =
            [.notice, .treatment, .insolvency, .status, .closing, .filingStatus, .filingStatus, .filingStatus][
                random.index(8)]
        choice = random.index(1_000)
        lateness = random.chance(300) ? random.number(1...1_500) : 0
    }
}

/// An estate as the portal has it. Each of its values comes once only, so that news of it can be told apart.
struct EstateState {
    var status = "s0"
    var isClosed = false
    var treatment: String?
    var isInsolvent = false
    var noticeDate: CalendarDate?
    /// The time that the last change bears, on the run's clock.
    var changedAt: Int64 = 0
}

extension ModelPortal {
    /// What the portal's clock says.
    static func time(at now: Int64) -> Timestamp { Timestamp(milliseconds: ModelWorker.beginning + now) }

    func estate(_ id: EstateID) -> Estate {
        let number = id.text.dropFirst().prefix { $0 != "-" }
        let notice = Int(number).flatMap { workload.persons.indices.contains($0) ? workload.persons[$0].notice : nil }
        guard isFollowed else { return Estate(id: id, noticeDate: notice) }
        let state = estateStates[id] ?? EstateState()
        return Estate(
            id: id, status: state.status, treatment: state.treatment, noticeDate: state.noticeDate ?? notice,
            isClosed: state.isClosed, isInsolvent: state.isInsolvent)
    }

    func changed(_ ids: [EstateID], since: Timestamp) -> [Estate] {
        ids.filter { id in
            guard let state = estateStates[id] else { return false }
            return ModelPortal.time(at: state.changedAt) > since
        }.map(estate)
    }
}

extension Simulation {
    /// What the portal's clock says.
    var portalTime: Timestamp { ModelPortal.time(at: now) }

    func happen(_ number: Int) {
        let happening = plan.happenings[number]
        if happening.lateness > 0 { count(.storedLate) }
        if happening.kind == .filingStatus {
            changeFiling(happening, number)
        } else {
            changeEstate(happening, number)
        }
    }

    private func changeEstate(_ happening: Happening, _ number: Int) {
        let id = EstateID("E\(happening.choice % workload.persons.count)-0")
        var state = portal.estateStates[id] ?? EstateState()
        switch happening.kind {
        case .notice: state.noticeDate = CalendarDate(dayNumber: 20_000 + number)
        case .treatment, .insolvency:
            state.treatment = "t\(number)"
            state.isInsolvent = happening.kind == .insolvency
        case .status, .closing, .filingStatus:
            state.status = "s\(number + 1)"
            state.isClosed = happening.kind == .closing
        }
        state.changedAt = max(state.changedAt, now - happening.lateness)
        portal.estateStates[id] = state
        checker.happened(to: id, portal.estate(id))
        note("portal: estate \(id) is \(state)")
    }

    private func changeFiling(_ happening: Happening, _ number: Int) {
        let standing = portal.filings.indices.flatMap { index in
            portal.filings[index].indices.filter {
                !portal.filings[index][$0].isWithdrawn && !portal.filings[index][$0].isArchived
            }.map { (index, $0) }
        }
        guard !standing.isEmpty else { return }
        let (index, at) = standing[happening.choice % standing.count]
        let status = "f\(number)"
        portal.filings[index][at].status = status
        let id = portal.filings[index][at].estate
        var state = portal.estateStates[id] ?? EstateState()
        state.changedAt = max(state.changedAt, now - happening.lateness)
        portal.estateStates[id] = state
        checker.happened(
            to: portal.filings[index][at].id, status,
            isFollowed: checker.views[Int(workload.partition(ofFiling: index))].estates[id] != nil)
        note("portal: filing \(portal.filings[index][at].id) of \(id) is \(status)")
    }
}
