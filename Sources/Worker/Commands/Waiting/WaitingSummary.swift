import Estates
import JSON

/// Those who wait, counted.
struct WaitingSummary {
    /// How long somebody has waited, in days: as estates appear.
    private static let ages: [(from: Int64, to: Int64?)] = [(0, 1), (1, 7), (7, 21), (21, 56), (56, 180), (180, nil)]
    private static let day: Int64 = 86_400_000

    private(set) var persons = 0
    private(set) var requests = 0
    private(set) var notifications = 0
    private(set) var since: Int64?
    private(set) var until: Int64?
    private var kinds: [WaitingKind: Int] = [:]
    private var personsByAge = [Int](repeating: 0, count: ages.count)
    private let now: Int64

    init(now: Int64) { self.now = now }

    mutating func add(_ person: WaitingPerson) {
        persons += 1
        requests += person.requests
        notifications += person.notifications
        since = min(since ?? person.since, person.since)
        until = min(until ?? person.until, person.until)
        kinds.merge(person.kinds, uniquingKeysWith: +)
        let days = max(0, now - person.since) / WaitingSummary.day
        let age = WaitingSummary.ages.firstIndex { $0.to.map { days < $0 } ?? true } ?? 0
        personsByAge[age] += 1
    }

    /// For people.
    var lines: [String] {
        guard let since, let until else { return [] }
        var rows = [["WAITS FOR", "REQUESTS AND NOTIFICATIONS"]]
        rows += WaitingKind.allCases.compactMap { kind in kinds[kind].map { [kind.rawValue, String($0)] } }
        rows += [["", ""], ["WAITS SINCE", "PERSONS"]]
        for (age, count) in zip(WaitingSummary.ages, personsByAge) where count > 0 {
            rows.append([age.to.map { "\(age.from) to \($0) days" } ?? "\(age.from) days and more", String(count)])
        }
        return TextTable.aligned(rows) + [
            "",
            "\(persons) persons, \(requests) requests, \(notifications) notifications; the first since "
                + "\(WaitingPerson.time(since)), given up from \(WaitingPerson.time(until)) on if no estate appears",
        ]
    }

    /// For programs: one object.
    var json: String {
        let bytes = JSONWriter.object { root in
            root.field("persons", persons)
            root.field("requests", requests)
            root.field("notifications", notifications)
            root.field("since", since.map(WaitingPerson.time))
            root.field("until", until.map(WaitingPerson.time))
            root.object("kinds") { object in WaitingKind.write(kinds, to: &object) }
            root.array("ages") { list in
                for (age, count) in zip(WaitingSummary.ages, personsByAge) {
                    list.object { object in
                        object.field("fromDays", age.from)
                        object.field("toDays", age.to)
                        object.field("persons", count)
                    }
                }
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension WaitingKind {
    static func write(_ kinds: [WaitingKind: Int], to object: inout JSONWriter) {
        for kind in WaitingKind.allCases {
            object.name(dynamic: kind.rawValue)
            object.integer(Int64(kinds[kind] ?? 0))
        }
    }
}
