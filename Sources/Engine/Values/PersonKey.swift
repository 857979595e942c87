/// The deceased as the record keys of both inputs name them: a pseudonym, of which 64 bits are kept (FNV-1a, which is the
/// same in every process). It tells which filings concern one person without a word about who that is.
public struct PersonKey: Hashable, Sendable {
    public let hash: UInt64

    public init(hash: UInt64) { self.hash = hash }

    /// Of a record's key.
    public init(_ key: [UInt8]) {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in key { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        self.hash = hash
    }

    /// 16 lower-case hexadecimal digits.
    public var hex: String {
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// Reads what `hex` wrote.
    public init?(hex: String) {
        guard hex.utf8.count == 16, let hash = UInt64(hex, radix: 16) else { return nil }
        self.hash = hash
    }
}

extension OriginalRecord {
    /// Whom it concerns. A record without a key is refused before anybody asks.
    var person: PersonKey { PersonKey(key ?? []) }
}
