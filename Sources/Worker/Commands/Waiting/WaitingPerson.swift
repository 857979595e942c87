import Engine
import Estates
import JSON

/// A person for whose sake something waits, by the record key; nothing else is known of them here.
struct WaitingPerson {
    let key: String
    let partition: Int32
    /// For how long an estate is waited for, in milliseconds.
    let horizon: Int64
    private(set) var requests = 0
    private(set) var notifications = 0
    /// Requests and notifications by what they wait for.
    private(set) var kinds: [WaitingKind: Int] = [:]
    /// When the first of them was accepted, in milliseconds since 1970.
    private(set) var since = Int64.max
    /// The latest plan that the ledger was told of.
    private var nextAt: Int64?
    /// When the first of them is given up, if the estate does not appear.
    var until: Int64 { since + horizon }

    init(key: String, partition: Int32, horizon: Int64) {
        self.key = key
        self.partition = partition
        self.horizon = horizon
    }

    mutating func add(_ kind: WaitingKind, requests count: Int, since time: Int64, nextAt next: Int64?) {
        requests += count
        note(kind, count, time, next)
    }

    mutating func addNotification(_ kind: WaitingKind, since time: Int64, nextAt next: Int64?) {
        notifications += 1
        note(kind, 1, time, next)
    }

    private mutating func note(_ kind: WaitingKind, _ count: Int, _ time: Int64, _ next: Int64?) {
        kinds[kind, default: 0] += count
        since = min(since, time)
        if let next { nextAt = max(nextAt ?? next, next) }
    }

    /// The next search or try; nil when only the worker knows it, since the ledger is not told of each.
    func nextAt(now: Int64) -> Int64? { nextAt.flatMap { $0 > now ? $0 : nil } }

    static let heading = ["KEY", "PARTITION", "REQUESTS", "NOTIFICATIONS", "SINCE", "NEXT", "UNTIL", "WAITS FOR"]

    /// The key, with whatever looks like a CPR number masked, should a sender have made it of one. A hash in hexadecimal
    /// digits may have ten decimal ones in a row, and is the person's only name here.
    private var pseudonym: String {
        let isHash = key.utf8.count >= 16 && key.allSatisfy(\.isHexDigit) && key.contains(where: \.isLetter)
        return isHash ? key : PersonalData.masked(key)
    }

    /// For people.
    func cells(now: Int64) -> [String] {
        [
            PersonalData.printable(pseudonym), String(partition), String(requests),
            String(notifications), WaitingPerson.time(since), nextAt(now: now).map(WaitingPerson.time) ?? "-",
            WaitingPerson.time(until),
            WaitingKind.allCases.compactMap { kind in kinds[kind].map { "\(kind.rawValue) \($0)" } }
                .joined(separator: ", "),
        ]
    }

    /// For programs.
    func json(now: Int64) -> String {
        let bytes = JSONWriter.object { root in
            root.field("key", pseudonym)
            root.field("partition", Int64(partition))
            root.field("requests", requests)
            root.field("notifications", notifications)
            root.field("since", WaitingPerson.time(since))
            root.field("nextAt", nextAt(now: now).map(WaitingPerson.time))
            root.field("until", WaitingPerson.time(until))
            root.object("kinds") { object in WaitingKind.write(kinds, to: &object) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func time(_ milliseconds: Int64) -> String { Timestamp(milliseconds: milliseconds).description }
}
