import CJansson

/// A parsed JSON text, and the owner of the memory behind every `JSONValue` read from it.
///
/// Parsing is Jansson's: strict, UTF-8 checked, no name twice in an object, at most 2,048 levels deep.
public final class JSONDocument {
    private let tree: UnsafeMutablePointer<json_t>

    /// Parses one JSON text, with any kind of value at the top.
    public init(parsing bytes: UnsafeRawBufferPointer) throws(JSONError) {
        guard let base = bytes.baseAddress, !bytes.isEmpty else { throw JSONError(problem: "empty", offset: 0) }
        var error = json_error_t()
        let flags = JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL
        guard let tree = json_loadb(base.assumingMemoryBound(to: CChar.self), bytes.count, Int(flags), &error) else {
            throw JSONError(error)
        }
        self.tree = tree
    }

    deinit { json_decref(tree) }

    /// The value at the top.
    public var root: JSONValue { JSONValue(document: self, node: tree) }

    /// Parses the bytes of an array.
    public static func parse(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
        let parsed = bytes.withUnsafeBytes { raw in
            Result { () throws(JSONError) in try JSONDocument(parsing: raw) }
        }
        return try parsed.get().root
    }
}
