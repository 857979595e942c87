/// The name of a certificate's subject or issuer (X.501), with its structure kept: which attributes, in which order, in how
/// many parts, and byte for byte what they say.
///
/// Two names are equal only when all of that is. OpenSSL's own comparison follows RFC 5280 § 7.1 and takes other case and
/// other blanks for the same name, and Swift's compares characters by their meaning; both are too kind to a look-alike.
public struct DistinguishedName: Hashable, Sendable {
    /// One attribute of a name.
    public struct Attribute: Hashable, Sendable {
        /// The attribute's object identifier: `2.5.4.3`.
        public let type: String
        public let value: String

        public init(type: String, value: String) {
            self.type = type
            self.value = value
        }

        public static func == (left: Attribute, right: Attribute) -> Bool {
            left.type == right.type && left.value.utf8.elementsEqual(right.value.utf8)
        }

        public func hash(into hasher: inout Hasher) {
            hasher.combine(type)
            for byte in value.utf8 { hasher.combine(byte) }
        }
    }

    static let commonName = "2.5.4.3"
    static let serialNumber = "2.5.4.5"
    static let country = "2.5.4.6"
    static let organization = "2.5.4.10"
    static let organizationalUnit = "2.5.4.11"
    /// ETSI EN 319 412-1 § 5.1.4: `NTRDK-` and a CVR number.
    static let organizationIdentifier = "2.5.4.97"

    /// In the order of the encoding. Nearly always one attribute a part.
    public let parts: [[Attribute]]

    public init(parts: [[Attribute]]) { self.parts = parts }

    /// A name of single attributes, in the order of the encoding.
    init(_ attributes: (String, String)...) {
        parts = attributes.map { [Attribute(type: $0.0, value: $0.1)] }
    }

    /// The same parts from last to first.
    var reversed: DistinguishedName { DistinguishedName(parts: parts.reversed()) }

    /// What the attributes of this type say, in the order of the encoding.
    func values(of type: String) -> [String] {
        parts.joined().filter { $0.type == type }.map(\.value)
    }

    /// The one value of this type; nil when there is none, or more than one.
    func value(of type: String) -> String? {
        let found = values(of: type)
        return found.count == 1 ? found[0] : nil
    }
}
