import Engine
import Estates

extension Simulation {
    func fate(of call: PortalCall, deadline: Int64) -> CallFate {
        let arrival = now + random.number(2...20)
        let end = arrival + random.number(1...20)
        var fate = CallFate()
        let changes = call.changesSomething
        func sees(_ failure: PortalFailure, at time: Int64) {
            fate.clientSees = time < deadline ? (time, failure) : (deadline, Simulation.timedOut)
        }
        func answer(_ status: Int, mayHaveTakenEffect: Bool = false, ofToken: Bool = false, retryAfter: Int64? = nil) {
            sees(
                PortalFailure(
                    .status(status, code: nil), ofToken: ofToken, mayHaveTakenEffect: mayHaveTakenEffect,
                    retryAfter: retryAfter), at: end)
        }
        if let problem = attachmentProblem(call) {
            coverage.faults[.attachmentUnusable, default: 0] += 1
            sees(PortalFailure(.attachment(problem), mayHaveTakenEffect: false, detail: "attachments[0]"), at: now + 1)
        } else if isStubborn(call) {
            coverage.faults[.stubborn, default: 0] += 1
            answer(plan.stubbornStatus)
        } else if changes, happens(plan.lateBytes, .lateBytes) {
            // The process is stopped between its look at the clock and the write: only an idempotency key helps now.
            fate.isLate = true
            fate.arrivesAt = now + random.number(1...(3 * engineSettings.lease))
            sees(Simulation.timedOut, at: deadline)
        } else if !isQuiet, plan.outage.contains(now) {
            count(.outage)
            switch random.index(3) {
            case 0: sees(PortalFailure(.connectionRefused, mayHaveTakenEffect: false), at: end)
            case 1: sees(PortalFailure(.connectTimedOut, mayHaveTakenEffect: false), at: deadline - 1)
            default: answer(503)
            }
        } else if !isQuiet, plan.certificate.contains(now) {
            count(.certificate)
            switch random.index(3) {
            case 0: sees(PortalFailure(.clientCertificateRefused(.expired), mayHaveTakenEffect: false), at: end)
            case 1: answer(403)
            // Not drawn, so that kept seeds stay the same.
            default: answer(401, ofToken: arrival.isMultiple(of: 2))
            }
        } else if call.isUpload, happens(plan.attachmentRefused, .attachmentRefused) {
            answer(random.chance(500) ? 413 : 422)
        } else if changes, happens(plan.answerLost, .answerLost) {
            if call.isUpload { count(.uploadLost) }
            fate.arrivesAt = arrival
            sees(PortalFailure(.connectionLost, mayHaveTakenEffect: true), at: end)
        } else if happens(plan.resetBefore, .resetBefore) {
            sees(PortalFailure(.connectionRefused, mayHaveTakenEffect: false), at: end)
        } else if happens(plan.neverArrived, .neverArrived) {
            if random.chance(500) {
                sees(PortalFailure(.connectionLost, mayHaveTakenEffect: changes), at: end)
            } else {
                sees(Simulation.timedOut, at: deadline)
            }
        } else if happens(plan.slow, .slow) {
            slow(&fate, arrival: arrival, deadline: deadline)
        } else if happens(plan.overload, .overload) {
            answer(random.chance(500) ? 429 : 503, retryAfter: random.chance(500) ? random.number(0...20_000) : nil)
        } else if happens(plan.serverError, .serverError) {
            answer(500, mayHaveTakenEffect: changes && random.chance(700))
        } else if changes, happens(plan.errorAfterEffect, .errorAfterEffect) {
            fate.arrivesAt = arrival
            answer(500, mayHaveTakenEffect: true)
        } else if changes, happens(plan.refusal, .refusal) {
            answer(422)
        } else if changes, happens(plan.conflict, .conflict) {
            answer(409)
        } else if happens(plan.notFound, .notFound) {
            answer(404)
        } else if happens(plan.notFound / 4, .token) {
            answer(503, ofToken: true)
        } else if happens(plan.brokenBody, .brokenBody) {
            fate.arrivesAt = arrival
            sees(PortalFailure(.unexpectedBody, mayHaveTakenEffect: changes), at: end)
        } else {
            fate.arrivesAt = arrival
            if end < deadline { fate.answersAt = end } else { sees(Simulation.timedOut, at: deadline) }
        }
        return fate
    }

    /// Files are looked at before the filing is sent, and when they are.
    private func attachmentProblem(_ call: PortalCall) -> AttachmentProblem? {
        switch call {
        case .search, .lookUp, .changes, .withdraw: return nil
        case .submit(_, _, let contents, _), .amend(_, _, _, let contents, _):
            if contents.attachments.isEmpty { return nil }
        case .attach: break
        }
        guard !isQuiet, random.chance(plan.attachmentUnusable) else { return nil }
        return [.mismatch, .unusable, .unavailable, .unavailable][random.index(4)]
    }

    private func isStubborn(_ call: PortalCall) -> Bool {
        let identity: FilingIdentity
        switch call {
        case .search, .changes: return false
        case .lookUp(_, let other):
            if plan.stubbornStatus == 409 { return false }
            identity = other
        case .submit(_, let other, _, _), .amend(_, _, let other, _, _), .withdraw(_, _, let other, _),
            .attach(_, _, let other, _, _, _):
            identity = other
        }
        return plan.stubborn != nil && workload.filingIndex[identity] == plan.stubborn
    }

    /// Takes effect at some time, even a little after the deadline, and may be answered too late.
    private func slow(_ fate: inout CallFate, arrival: Int64, deadline: Int64) {
        let latest = deadline + engineSettings.portalGrace
        let effect = random.number(min(arrival, latest)...latest)
        fate.arrivesAt = effect
        let end = effect + random.number(1...500)
        if end < deadline { fate.answersAt = end } else { fate.clientSees = (deadline, Simulation.timedOut) }
    }

    private static var timedOut: PortalFailure { PortalFailure(.timedOut, mayHaveTakenEffect: true) }
}
