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
        if changes, happens(plan.lateBytes, .lateBytes) {
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
            default: answer(401, ofToken: true)
            }
        } else if changes, happens(plan.answerLost, .answerLost) {
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
