/// Which estates there are, and when they are found.
struct EstateDirectory: Sendable {
    private let makesUpEstates: Bool
    private var records: [String: EstateRecord] = [:]
    private var idsByPerson: [PersonQuery.Person: [String]] = [:]
    /// When a person whose estate comes late was first searched for, in milliseconds.
    private var firstSearch: [PersonQuery.Person: Int64] = [:]

    /// How long the estate of a CPR number that ends in 0002 stays unknown after the first search.
    static let lateMilliseconds: Int64 = 10_000

    /// What a filing meets.
    enum Standing {
        case open(DerivedEstate.Behaviour)
        case closed
        case unknown
    }

    init(makesUpEstates: Bool) { self.makesUpEstates = makesUpEstates }

    mutating func add(_ record: EstateRecord, now: Int64) {
        var record = record
        if case .after(let delay) = record.availability { record.availability = .from(now + delay) }
        let isNew = records.updateValue(record, forKey: record.id) == nil
        guard isNew else { return }
        if let cpr = record.cpr { idsByPerson[.cpr(cpr), default: []].append(record.id) }
        if let key = record.addressKey { idsByPerson[.address(key), default: []].append(record.id) }
    }

    mutating func forgetSearches() { firstSearch.removeAll() }

    /// The estates of that person, each as JSON.
    mutating func search(_ query: PersonQuery, now: Int64) -> [[UInt8]] {
        if let ids = idsByPerson[query.person] {
            return ids.compactMap { records[$0] }.filter { isAvailable($0, now) }.map(\.json)
        }
        guard makesUpEstates else { return [] }
        return derived(query, now: now).map { $0.json(query) }
    }

    /// Those of the estates that changed after that time.
    func changed(_ ids: [String], since: Int64, now: Int64) -> [[UInt8]] {
        ids.compactMap { id in
            if let record = records[id] {
                return isAvailable(record, now) && record.changedAt > since ? record.json : nil
            }
            // A made-up estate changed once, at the time that its JSON says.
            guard makesUpEstates, let estate = DerivedEstate(id: id) else { return nil }
            return Clock.parse("2026-02-02T08:00:00Z").flatMap { $0 > since ? estate.json(nil) : nil }
        }
    }

    func standing(of id: some StringProtocol, now: Int64) -> Standing {
        if let record = records[String(id)] {
            guard isAvailable(record, now) else { return .unknown }
            return record.isClosed ? .closed : .open(.ordinary)
        }
        guard makesUpEstates, let estate = DerivedEstate(id: id) else { return .unknown }
        return .open(estate.behaviour)
    }

    private mutating func derived(_ query: PersonQuery, now: Int64) -> [DerivedEstate] {
        guard case .cpr(let digits) = query.person else {
            return [DerivedEstate(person: query.person, behaviour: .ordinary)]
        }
        let ordinary = DerivedEstate(person: query.person, behaviour: .ordinary)
        switch digits.suffix(4) {
        case "0000": return []
        case "0001": return [ordinary, DerivedEstate(person: query.person, behaviour: .second)]
        case "0002":
            let first = firstSearch[query.person] ?? now
            firstSearch[query.person] = first
            return now - first >= Self.lateMilliseconds ? [ordinary] : []
        case "0003": return [DerivedEstate(person: query.person, behaviour: .refusesFilings)]
        case "0004": return [DerivedEstate(person: query.person, behaviour: .losesFirstAnswer)]
        default: return [ordinary]
        }
    }

    private func isAvailable(_ record: EstateRecord, _ now: Int64) -> Bool {
        if case .from(let time) = record.availability { return now >= time }
        return true
    }
}
