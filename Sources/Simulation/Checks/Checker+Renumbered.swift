import Engine
import Estates

/// Corrections: somebody has another number than was thought.
extension Checker {
    /// Whoever is pending when the news is accepted goes by the new number from then on. Of what one transaction accepts
    /// nobody can tell what came first: the news may have had its answer when the request came.
    ///
    /// - Parameter before: how much of each log had been accepted before the transaction.
    mutating func noteRenumbered(_ before: [Int], at now: Int64) {
        for partition in 0..<Int32(workload.partitions) {
            let log = workload.log(.deathNotifications, partition)
            for index in workload.logs[log][before[log]..<accepted[log]] {
                guard case .notification(let notification) = workload.items[index].parsed, !notification.isWithdrawn,
                    let former = notification.previous.map({ Deceased.cpr($0) }), former != notification.deceased
                else { continue }
                let requests = workload.log(.claimRequests, partition)
                noteRenumbered(workload.logs[requests][..<before[requests]], from: former, at: now)
            }
        }
    }

    private mutating func noteRenumbered(_ items: ArraySlice<Int>, from former: Deceased, at now: Int64) {
        for index in items where outcomes[index] == nil {
            if case .request(let request) = workload.items[index].parsed, request.deceased == former {
                renumbered[index] = renumbered[index] ?? now
            }
        }
    }

    /// One whose estate had long been there under the new number has found it. A search that began before the news may
    /// still end after it, and a request that another one joined goes by whom that names.
    mutating func checkRenumbered(_ failure: Failure, _ item: Item, at now: Int64) {
        guard failure.reason == .estateNotFound, let since = renumbered[item.index],
            case .request(let request) = item.parsed, let number = workload.personIndex[request.deceased],
            let filing = item.filing, workload.isAlwaysOf(number, filing)
        else { return }
        let person = workload.persons[number]
        if person.estates > 0, person.appearsAt <= since - 10_000 || person.appearsAt == 0 {
            fail("request \(item.index) waited for a number that had been changed", at: now)
        }
    }
}
