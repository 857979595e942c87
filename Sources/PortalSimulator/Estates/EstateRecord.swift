import Estates
import JSON

/// An estate that the simulated portal holds.
public struct EstateRecord: Sendable {
    /// When searches begin to find it.
    enum Availability: Sendable {
        case always
        /// Milliseconds since 1970-01-01 in UTC.
        case from(Int64)
        /// Milliseconds after it was given to the simulator.
        case after(Int64)
    }

    /// The portal's number of it (doedsbojournalId).
    public let id: String
    let cpr: String?
    let addressKey: String?
    let status: String
    let changedAt: Int64
    var availability: Availability
    /// The estate as the portal writes it, once for all.
    let json: [UInt8]

    /// An estate of the person with this substitute CPR number (day of birth plus 60).
    ///
    /// - Parameter availableAfter: searches find it only when this time has passed since the simulator got it.
    public init(id: String, cpr: String, name: String = "Test Testesen", availableAfter: Duration? = nil)
        throws(SimulatorError)
    {
        let written = EstateRecord.write(id: id, cpr: cpr, name: name, court: nil, dateOfDeath: "2026-01-15")
        var record = try EstateRecord(parsing: written)
        if let delay = availableAfter {
            record.availability = .after(
                delay.components.seconds * 1000 + delay.components.attoseconds / 1_000_000_000_000_000)
        }
        self = record
    }

    /// Reads one estate as the portal's contract writes it, with one more field that is optional: `tilgaengeligFra`, an
    /// RFC 3339 time or a delay such as `+30s`, until which searches do not find it.
    public init(parsing bytes: [UInt8]) throws(SimulatorError) {
        let estate: JSONValue
        do throws(JSONError) {
            estate = try JSONDocument.parse(bytes)
        } catch {
            throw .invalidEstate(error.description)
        }
        guard let id = estate["doedsbojournalId"]?.string, !id.isEmpty, !id.contains("/") else {
            throw .invalidEstate("doedsbojournalId is missing")
        }
        let deceased = estate["afdoed"]
        self.id = id
        self.cpr = deceased?["cprNummer"]?.string.map { $0.filter { $0 != "-" } }
        self.addressKey = PersonQuery.addressKey(name: deceased?["navn"]?.string, address: deceased?["adresse"])
        guard cpr != nil || addressKey != nil else {
            throw .invalidEstate("afdoed has neither cprNummer nor navn and adresse")
        }
        self.status = estate["status"]?.string ?? "aaben"
        self.changedAt = estate["aendret"]?.string.flatMap(Clock.parse) ?? 0
        self.availability = try EstateRecord.availability(estate["tilgaengeligFra"])
        self.json = JSONWriter.object { json in
            for (name, value) in estate.members ?? [] where name != "tilgaengeligFra" {
                json.name(dynamic: name)
                json.value(value)
            }
        }
    }

    /// Whether an estate of that status is closed, so that nothing is taken for it any more.
    static func isClosed(_ status: String) -> Bool { status == "afsluttet" || status == "lukket" }

    private static func availability(_ value: JSONValue?) throws(SimulatorError) -> Availability {
        guard let value else { return .always }
        guard let text = value.string else { throw .invalidEstate("tilgaengeligFra is no text") }
        if text.first == "+", text.last == "s", let seconds = Double(text.dropFirst().dropLast()) {
            return .after(Int64(seconds * 1000))
        }
        guard let time = Clock.parse(text) else {
            throw .invalidEstate("tilgaengeligFra is neither a time nor +SECONDSs")
        }
        return .from(time)
    }
}

extension JSONWriter {
    /// A value that was read from another text.
    mutating func value(_ value: JSONValue) {
        switch value.kind {
        case .object:
            object { json in
                for (name, member) in value.members ?? [] {
                    json.name(dynamic: name)
                    json.value(member)
                }
            }
        case .array: array { json in for element in value.elements ?? [] { json.value(element) } }
        case .string: string(value.string ?? "")
        case .number: value.integer.map { integer($0) } ?? number(value.number ?? 0)
        case .boolean: boolean(value.boolean ?? false)
        case .null: null()
        }
    }
}
