import JSON

/// Which estates there are, and when they are found.
struct EstateDirectory: Sendable {
    private let makesUpEstates: Bool
    private var records: [String: EstateRecord] = [:]
    private var idsByPerson: [PersonQuery.Person: [String]] = [:]
    /// By the first half of the digest of the estate's ID.
    private var changes: [SHA256Digest.Key: EstateChange] = [:]
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
            return ids.compactMap { records[$0] }.filter { isAvailable($0, now) }.map { current($0.id, $0.json) }
        }
        guard makesUpEstates else { return [] }
        return derived(query, now: now).map { current($0.id, $0.json(query)) }
    }

    /// Those of the estates that changed after that time.
    func changed(_ ids: [String], since: Int64, now: Int64) -> [[UInt8]] {
        ids.compactMap { id in
            let change = changes[SHA256Digest(of: id.utf8).high]
            if let record = records[id] {
                let changedAt = change?.at ?? record.changedAt
                return isAvailable(record, now) && changedAt > since ? current(id, record.json) : nil
            }
            guard makesUpEstates, let estate = DerivedEstate(id: id) else { return nil }
            // A made-up estate changed once, at the time that its JSON says.
            let changedAt = change?.at ?? Clock.parse("2026-02-02T08:00:00Z") ?? 0
            return changedAt > since ? current(id, estate.json(nil)) : nil
        }
    }

    /// Changes an estate: members of the patch take the place of those of the same name. False when there is none.
    mutating func change(_ id: String, _ patch: JSONValue, now: Int64) -> Bool {
        guard records[id] != nil || makesUpEstates && DerivedEstate(id: id) != nil else { return false }
        changes[SHA256Digest(of: id.utf8).high, default: EstateChange(at: now)].merge(patch, at: now)
        return true
    }

    /// Something that belongs to the estate has changed.
    mutating func touch(_ estate: SHA256Digest.Key, now: Int64) {
        changes[estate, default: EstateChange(at: now)].touch(at: now)
    }

    /// The estate as it is now.
    private func current(_ id: String, _ json: [UInt8]) -> [UInt8] {
        changes[SHA256Digest(of: id.utf8).high]?.applied(to: json) ?? json
    }

    func standing(of id: some StringProtocol, now: Int64) -> Standing {
        if let record = records[String(id)] {
            guard isAvailable(record, now) else { return .unknown }
            return EstateRecord.isClosed(status(of: id) ?? record.status) ? .closed : .open(.ordinary)
        }
        guard makesUpEstates, let estate = DerivedEstate(id: id) else { return .unknown }
        if let status = status(of: id), EstateRecord.isClosed(status) { return .closed }
        return .open(estate.behaviour)
    }

    private func status(of id: some StringProtocol) -> String? { changes[SHA256Digest(of: id.utf8).high]?.status }

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
