import Engine
import Estates

/// What was seen in a study of those who wait.
public struct WaitingReport: Sendable {
    /// A restart, with the busiest second of the day before and of the day after.
    public struct Restart: Sendable {
        public let at: Int64
        public internal(set) var until: Int64 = 0
        public internal(set) var waiting = 0
        /// Bytes that the process has grown by.
        public internal(set) var grownBy = 0
    }

    public let settings: WaitingSettings
    /// Searches in each second.
    private(set) var seconds: [UInt16]
    private var filedAt: [Int64]
    /// Seconds from an estate's appearance to the filing.
    private var delays: [Int64] = []
    struct Week {
        var searches = 0
        /// Days that persons have waited.
        var days = 0.0
    }

    /// By week since the death.
    private(set) var weeks: [Int: Week] = [:]
    public private(set) var searches = 0
    public private(set) var ledgerRecords = 0
    public private(set) var restarts: [Restart] = []
    /// Filings whose estate appeared at least three days before the end, and were not filed.
    public private(set) var overdue = 0
    public private(set) var filedTwice = 0

    init(_ settings: WaitingSettings) {
        self.settings = settings
        seconds = Array(repeating: 0, count: settings.days * 86_400)
        filedAt = Array(repeating: -1, count: 2 * settings.persons)
    }

    mutating func searched(_ person: WaitingPerson, at now: Int64) {
        searches += 1
        weeks[person.week(at: now), default: Week()].searches += 1
        let second = Int(now / 1000)
        if second < seconds.count { seconds[second] += 1 }
    }

    mutating func written(_ writes: [LedgerWrite], at now: Int64) {
        if now >= WaitingPerson.day { ledgerRecords += writes.count { !$0.isTombstone } }
    }

    mutating func filed(_ filing: Int, appearedAt: Int64, at now: Int64) {
        if filedAt[filing] >= 0 { filedTwice += 1 }
        filedAt[filing] = now
        delays.append(now - appearedAt)
    }

    func isFiled(_ filing: Int) -> Bool { filedAt[filing] >= 0 }

    mutating func stopped(at now: Int64) { restarts.append(Restart(at: now)) }

    mutating func started(at now: Int64, grownBy bytes: Int, waiting: Int) {
        restarts[restarts.count - 1].until = now
        restarts[restarts.count - 1].grownBy = bytes
        restarts[restarts.count - 1].waiting = waiting
    }

    /// All is over: who has waited for how long, and who still should not.
    mutating func end(_ people: [WaitingPerson]) {
        let end = Int64(settings.days) * WaitingPerson.day
        for person in people {
            let filings = (0..<person.requests).map { filedAt[2 * person.number + $0] }
            if person.appearsAt < end - 3 * WaitingPerson.day { overdue += filings.count { $0 < 0 } }
            let until = filings.contains { $0 < 0 } ? end : filings.max() ?? end
            var from = person.arrivesAt
            while from < until {
                let to = min(until, (from / WaitingPerson.day + 1) * WaitingPerson.day)
                weeks[person.week(at: from), default: Week()].days += Double(to - from) / Double(WaitingPerson.day)
                from = to
            }
        }
    }

    // MARK: Figures

    /// The most searches in one second, from one time to another.
    public func busiestSecond(_ from: Int64, _ to: Int64) -> Int {
        Int(seconds[place(from)..<max(place(from), place(to))].max() ?? 0)
    }

    /// The searches a second in the busiest hour.
    public func busiestHour(_ from: Int64, _ to: Int64) -> Double {
        let range = place(from)..<max(place(from), place(to))
        var most = 0
        for hour in stride(from: range.lowerBound, to: range.upperBound, by: 3_600) {
            most = max(most, seconds[hour..<min(hour + 3_600, range.upperBound)].reduce(0) { $0 + Int($1) })
        }
        return Double(most) / 3_600
    }

    private func place(_ time: Int64) -> Int { Int(min(max(time, 0) / 1000, Int64(seconds.count))) }

    /// From an estate's appearance to the filing, in milliseconds.
    public func delay(_ share: Double) -> Int64 {
        guard !delays.isEmpty else { return 0 }
        return delays.sorted()[min(delays.count - 1, Int(Double(delays.count) * share))]
    }

    public var filings: Int { filedAt.count { $0 >= 0 } }
}
