/// An estate that is made up from a person (`--any-estate`), so that a load test needs no file.
///
/// Its ID carries a check and its behaviour, so the simulator knows its own estates again without a table.
struct DerivedEstate: Sendable {
    /// What estates of some CPR numbers do, by their last four digits; the rest do nothing special.
    enum Behaviour: String, Sendable, CaseIterable {
        case ordinary = "0"
        /// The second of two estates of one person.
        case second = "1"
        case refusesFilings = "3"
        case losesFirstAnswer = "4"
    }

    let id: String
    let behaviour: Behaviour

    init(person: PersonQuery.Person, behaviour: Behaviour) {
        let text =
            switch person {
            case .cpr(let digits): "cpr " + digits
            case .address(let key): "address " + key
            }
        let stem = SHA256Digest(of: text.utf8).high.first.hex.prefix(12) + behaviour.rawValue
        self.id = "\(stem)\(DerivedEstate.check(stem))"
        self.behaviour = behaviour
    }

    /// An ID that `init(person:behaviour:)` could have made.
    init?(id: some StringProtocol) {
        let stem = id.prefix(13)
        guard id.utf8.count == 16, id.suffix(3) == DerivedEstate.check(stem),
            let behaviour = stem.last.flatMap({ Behaviour(rawValue: String($0)) })
        else { return nil }
        self.id = String(id)
        self.behaviour = behaviour
    }

    func json(_ query: PersonQuery?) -> [UInt8] {
        var cpr: String?
        if case .cpr(let digits) = query?.person { cpr = digits }
        let court = Int(id.prefix(2), radix: 16)
        return EstateRecord.write(
            id: id, cpr: cpr, name: query?.name ?? "Test Testesen", court: court, dateOfDeath: "2026-01-15")
    }

    /// Three hexadecimal digits of FNV-1a.
    private static func check(_ stem: some StringProtocol) -> String {
        var hash: UInt32 = 2_166_136_261
        for byte in stem.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        return String(UInt64(hash ^ hash >> 16).hex.suffix(3))
    }
}
