import CJansson

/// One value inside a `JSONDocument`. Reading never copies the tree; strings are copied when asked for.
public struct JSONValue {
    let document: JSONDocument
    let node: UnsafeMutablePointer<json_t>

    /// What sort of value it is.
    public enum Kind: String, Sendable { case object, array, string, number, boolean, null }

    public var kind: Kind {
        switch node.pointee.type {
        case JSON_OBJECT: .object
        case JSON_ARRAY: .array
        case JSON_STRING: .string
        case JSON_INTEGER, JSON_REAL: .number
        case JSON_TRUE, JSON_FALSE: .boolean
        default: .null
        }
    }

    /// The member of that name, or nil when this is no object, has no such member, or the member is `null`.
    public subscript(_ name: StaticString) -> JSONValue? {
        let found = name.withUTF8Buffer { utf8 in
            utf8.withMemoryRebound(to: CChar.self) { json_object_getn(node, $0.baseAddress, $0.count) }
        }
        guard let found, found.pointee.type != JSON_NULL else { return nil }
        return JSONValue(document: document, node: found)
    }

    /// The member of that name, as above, for a name that is known only when the program runs.
    public subscript(named name: String) -> JSONValue? {
        guard let found = json_object_get(node, name), found.pointee.type != JSON_NULL else { return nil }
        return JSONValue(document: document, node: found)
    }

    /// The text, when it is a string.
    public var string: String? {
        guard let characters = json_string_value(node) else { return nil }
        let utf8 = UnsafeRawBufferPointer(start: characters, count: json_string_length(node))
        return String(decoding: utf8, as: UTF8.self)
    }

    /// The number, when it is a whole one that fits.
    public var integer: Int64? { node.pointee.type == JSON_INTEGER ? Int64(json_integer_value(node)) : nil }

    /// The number, whole or not.
    public var number: Double? { kind == .number ? json_number_value(node) : nil }

    public var boolean: Bool? {
        switch node.pointee.type {
        case JSON_TRUE: true
        case JSON_FALSE: false
        default: nil
        }
    }

    /// The elements, when it is an array.
    public var elements: [JSONValue]? {
        guard kind == .array else { return nil }
        return (0..<json_array_size(node)).compactMap { index in
            json_array_get(node, index).map { JSONValue(document: document, node: $0) }
        }
    }

    /// The members in the order in which they were written, when it is an object.
    public var members: [(name: String, value: JSONValue)]? {
        guard kind == .object else { return nil }
        var members: [(name: String, value: JSONValue)] = []
        var iterator = json_object_iter(node)
        while let here = iterator {
            if let name = json_object_iter_key(here), let value = json_object_iter_value(here) {
                members.append((String(cString: name), JSONValue(document: document, node: value)))
            }
            iterator = json_object_iter_next(node, here)
        }
        return members
    }
}
