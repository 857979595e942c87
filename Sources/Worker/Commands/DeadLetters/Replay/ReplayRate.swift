import EventLoop

/// How fast letters are put back: a token bucket that holds one transaction's worth, so that it is smooth and what was
/// missed (a broker was away) is not made up for in one gush.
struct ReplayRate: Sendable {
    /// Records a second; nil is as fast as it goes.
    let perSecond: Double?
    /// On the monotonic clock, in nanoseconds; nil before the first transaction.
    private var due: Int64?

    init(perSecond: Double?) { self.perSecond = perSecond }

    /// `50/s`, `50`, `600/m`, `1000/h`; nil when it is none of them.
    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let count = Double(parts[0]), count > 0, count.isFinite else { return nil }
        let seconds: Double
        switch parts.count == 2 ? parts[1] : "s" {
        case "s": seconds = 1
        case "m": seconds = 60
        case "h": seconds = 3600
        default: return nil
        }
        self.init(perSecond: count / seconds)
    }

    /// Records in a transaction: about ten transactions a second, since each costs the broker some 10 ms.
    var batchSize: Int { perSecond.map { max(1, min(ReplayRate.mostInBatch, Int($0 / 10))) } ?? ReplayRate.mostInBatch }

    /// From one transaction to the next, in milliseconds.
    var interval: Int64 { perSecond.map { Int64(min(Double(batchSize) / $0 * 1000, 1e12)) } ?? 0 }

    private static let mostInBatch = 500

    /// How long to wait before the next transaction, in nanoseconds.
    func delay(now: Int64) -> Int64 { max(0, (due ?? now) - now) }

    /// A transaction of so many records begins now.
    mutating func spend(_ records: Int, now: Int64) {
        guard let perSecond else { return }
        let cost = Int64(Double(records) / perSecond * 1e9)
        due = max(due ?? now, now - cost) + cost
    }
}
