/// One header of a record. A name may occur more than once; order is kept.
public struct Header: Hashable, Sendable {
    /// The name, UTF-8.
    public let name: String
    /// The value, any bytes; nil is Kafka's null, which is not the same as empty.
    public let value: [UInt8]?

    /// A header with a value of any bytes, or null.
    public init(_ name: String, _ value: [UInt8]?) {
        self.name = name
        self.value = value
    }

    /// A header with a text, stored as UTF-8.
    public init(_ name: String, text: String) { self.init(name, Array(text.utf8)) }

    /// The value as UTF-8 text, with invalid bytes replaced; nil when it is null.
    public var text: String? { value.map { String(decoding: $0, as: UTF8.self) } }
}
