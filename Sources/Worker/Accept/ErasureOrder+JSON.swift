import Engine
import JSON

/// An order to erase as it stands in claim-requests.
extension ErasureOrder {
    /// The value of `action` that tells it from a request about a filing.
    static let action = "erase"

    /// - Parameter key: of the record, which names the person.
    init(_ root: JSONValue, key: [UInt8]) throws(Refusal) {
        let fields = Fields(root, at: "")
        self.init(
            id: try fields.text("id", longest: 200), by: try fields.text("by", longest: 200),
            note: try fields.optionalText("note", longest: 1000), mark: ErasureOrder.mark(of: key))
    }

    /// What stands in the input for it.
    var json: [UInt8] {
        JSONWriter.object { root in
            root.field("id", id)
            root.field("action", ErasureOrder.action)
            root.field("by", by)
            root.field("note", note)
        }
    }

    /// The first 16 bits of the key's SHA-256. Of a million persons some fifteen share it: enough to find an erasure again
    /// when one knows the key, and far too little to tell anybody by.
    static func mark(of key: [UInt8]) -> String { SHA256Digest.hex(Array(SHA256Digest.of(key).prefix(2))) }
}
