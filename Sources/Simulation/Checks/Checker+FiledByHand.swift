import Engine
import Estates

/// What somebody has filed before us: none of it is filed again, and requests are answered by it.
extension Checker {
    /// The change at the portal that a filing's answers go by: the last of ours, or what was there before.
    func lastEffect(of filing: Int) -> Effect? { effects[filing].last ?? byHand(filing) }

    /// As an effect of no request; nil when there is none.
    func byHand(_ filing: Int) -> Effect? {
        workload.filedByHand[filing].map { made in
            Effect(
                item: -1, head: -1, action: made.isWithdrawn ? .withdraw : .submit, receipt: made.receipt, time: 0)
        }
    }

    /// The submission by which a filing stands, and how many changes it has seen.
    func chain(of filing: Int) -> (submission: Effect?, revision: Int) {
        let before = byHand(filing)
        let first = before?.action == .submit ? before : nil
        let submission = effects[filing].last { $0.action == .submit } ?? first
        return (submission, effects[filing].count + (before == nil ? 0 : 1))
    }
}
