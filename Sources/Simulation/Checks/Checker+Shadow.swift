import Engine
import Estates

/// Shadows: nothing reaches the portal, and each request is answered once, as if it had.
extension Checker {
    /// What a shadow says that it would do is all the effect that there is.
    mutating func checkRehearsal(_ reply: ClaimReply, to item: Item, at now: Int64) {
        guard let filing = item.filing else { return }
        switch reply.outcome {
        case .withdrawn where workload.filedByHand[filing]?.isWithdrawn == true:
            break
        case .filed, .amended, .withdrawn:
            fail("a shadow has answered request \(item.index) with \(reply.outcome.rawValue)", at: now)
        case .cancelled:
            checkCancelled(item, at: now)
        case .wouldFile, .wouldAmend, .wouldWithdraw:
            // Once more, it costs no call.
            if reply.attempts == 0 { break }
            let effect = Effect(
                item: item.index, head: item.index, action: reply.request.action,
                receipt: Receipt(id: "", receivedAt: ""), time: now)
            effects[filing].append(effect)
            effectOfItem[item.index] = effect
        case .alreadyFiled:
            break
        }
        if let filed = reply.filed, !filed.isRehearsed, filed.receipt != workload.filedByHand[filing]?.receipt {
            fail("a shadow has answered request \(item.index) with a receipt", at: now)
        }
    }

    /// Once all is quiet, the portal is as it was.
    mutating func checkUntouched(_ portal: ModelPortal, at now: Int64) {
        for (filing, stored) in portal.filings.enumerated() {
            let made = workload.filedByHand[filing]
            if stored.map(\.id) != (made.map { [$0.id] } ?? []) || stored.first?.receipt != made?.receipt {
                fail("a shadow has changed filing \(filing)", at: now)
            }
        }
    }
}
