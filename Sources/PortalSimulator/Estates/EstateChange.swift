import Estates
import JSON

/// What has been changed of an estate while the simulator runs: members that take the place of those it began with.
struct EstateChange: Sendable {
    /// By name, each as JSON; `aendret` is not among them.
    private(set) var members: [String: [UInt8]] = [:]
    /// Milliseconds since 1970-01-01 in UTC, of the last change.
    private(set) var at: Int64

    init(at: Int64) { self.at = at }

    /// The estate's new status, when that was changed.
    var status: String? {
        members["status"].flatMap { try? JSONDocument.parse([0x5B] + $0 + [0x5D]) }?.elements?.first?.string
    }

    mutating func merge(_ patch: JSONValue, at now: Int64) {
        at = now
        for (name, value) in patch.members ?? [] where name != "doedsbojournalId" && name != "aendret" {
            var writer = JSONWriter()
            writer.value(value)
            members[name] = writer.bytes
        }
    }

    /// Something that belongs to the estate has changed, such as the status of a filing.
    mutating func touch(at now: Int64) { at = now }

    /// The estate as it is now.
    func applied(to json: [UInt8]) -> [UInt8] {
        guard let estate = try? JSONDocument.parse(json) else { return json }
        return JSONWriter.object { json in
            var rest = members
            for (name, value) in estate.members ?? [] where name != "aendret" {
                json.name(dynamic: name)
                if let changed = rest.removeValue(forKey: name) { json.raw(changed) } else { json.value(value) }
            }
            for (name, value) in rest.sorted(by: { $0.key < $1.key }) {
                json.name(dynamic: name)
                json.raw(value)
            }
            json.field("aendret", Timestamp(milliseconds: at).description)
        }
    }
}
