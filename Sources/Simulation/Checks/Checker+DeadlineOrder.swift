import Engine
import Estates

extension Checker {
    /// While somebody waits whose deadline is near, at most one in four calls of a worker is for somebody whose is not as near.
    /// What is near is judged by the notices that the portal has, whatever the engine makes of them.
    mutating func checkOrder(_ call: PortalCall, _ worker: ModelWorker, at now: Int64) {
        // The gate is probed by whoever reads.
        guard !worker.engine.isGateClosed else {
            worker.overtaking = []
            return
        }
        let time = worker.moment(at: now).wall
        let nearest = worker.engine.filingsWaitingForACall.compactMap { identity, estate in
            identity.kind == .claim ? nearDeadline(in: estate, at: time) : nil
        }.min()
        let isOvertaking = nearest.map { (due(call, at: time) ?? Timestamp(milliseconds: .max)) > $0 } ?? false
        worker.overtaking = worker.overtaking.suffix(3) + [isOvertaking]
        if worker.overtaking.count(where: { $0 }) > 1 {
            fail("worker \(worker.number) makes calls while somebody waits whose deadline is nearer", at: now)
        }
    }

    /// Nil unless it is near for certain, whatever the worker's clock has just said.
    private func nearDeadline(in estate: EstateID, at now: Timestamp) -> Timestamp? {
        // What is published in the course of the run is known to some workers and not to others.
        guard let notice = notice(of: estate), histories[.notice(estate)] == nil else { return nil }
        let deadline = ClaimDeadline(ofClaimsAfter: notice)
        let left = deadline.safeEnd.milliseconds - now.milliseconds
        return (60_000...(27 * 43_200_000)).contains(left) ? deadline.safeEnd : nil
    }

    /// The earliest that can be meant, over or not.
    private func due(_ call: PortalCall, at now: Timestamp) -> Timestamp? {
        let notice: CalendarDate?
        switch call {
        case .changes: notice = nil
        case .search(let deceased): notice = workload.personIndex[deceased].flatMap { workload.persons[$0].notice }
        case .lookUp(let estate, let identity), .submit(let estate, let identity, _, _),
            .amend(let estate, _, let identity, _, _), .withdraw(let estate, _, let identity, _),
            .attach(let estate, _, let identity, _, _, _):
            notice = identity.kind == .claim ? self.notice(of: estate) : nil
        }
        guard let notice else { return nil }
        let ends = [ClaimDeadline(ofClaimsAfter: notice), ClaimDeadline(ofFinalClaimsAfter: notice)].map(\.safeEnd)
        return ends.first { $0.milliseconds > now.milliseconds - 120_000 }
    }

    private func notice(of estate: EstateID) -> CalendarDate? {
        let person = estate.text.dropFirst().prefix { $0 != "-" }
        return Int(person).flatMap { workload.persons[$0].notice }
    }
}
