import JSON

/// Who is searched for: `doedsbojournalQuery`.
struct PersonQuery: Sendable {
    enum Person: Sendable, Hashable {
        case cpr(String)
        /// Name and address in one text, in small letters.
        case address(String)
    }

    let person: Person
    /// The name that was asked for, to be given back by an estate made up on the spot.
    let name: String?

    /// Reads a query, or says which fields are wrong.
    static func read(_ body: JSONValue) -> Result<PersonQuery, FilingShape.Refusal> {
        if let cpr = body["cprNummer"] {
            let digits = Array((cpr.string ?? "").utf8.filter { $0 != UInt8(ascii: "-") })
            guard digits.count == 10, digits.allSatisfy({ (0x30...0x39).contains($0) }) else {
                return refuse("cprNummer", "ti cifre")
            }
            // No real person has a day of birth above 60, and no real person belongs into a test.
            guard digits[0] >= UInt8(ascii: "6") else {
                return refuse("cprNummer", "simulatoren tager kun erstatningsnumre (dag + 60)")
            }
            return .success(PersonQuery(person: .cpr(String(decoding: digits, as: UTF8.self)), name: nil))
        }
        guard let key = addressKey(name: body["navn"]?.string, address: body["adresse"]) else {
            return refuse("cprNummer", "cprNummer, eller navn og adresse, mangler")
        }
        return .success(PersonQuery(person: .address(key), name: body["navn"]?.string))
    }

    static func addressKey(name: String?, address: JSONValue?) -> String? {
        guard let name, let street = address?["vejnavn"]?.string, let postalCode = address?["postnummer"]?.string else {
            return nil
        }
        let number = address?["husnummer"]?.string ?? ""
        return "\(name)|\(street)|\(number)|\(postalCode)".lowercased()
    }

    private static func refuse(_ field: String, _ message: String) -> Result<PersonQuery, FilingShape.Refusal> {
        .failure(FilingShape.Refusal(fields: [FieldProblem(field: field, message: message)]))
    }
}
