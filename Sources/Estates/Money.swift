/// An amount in Danish kroner, kept in whole øre.
public struct Money: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let oere: Int64

    public init(oere: Int64) { self.oere = oere }

    /// Reads a decimal with at most two places and no sign, blanks, thousands separators or exponent: `1234.5`.
    /// Nil for anything else, and from a thousand billion kroner up.
    public init?(_ text: String) {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first, (1...12).contains(whole.utf8.count), whole.utf8.allSatisfy(Money.isDigit) else {
            return nil
        }
        var oere = (Int64(whole) ?? 0) * 100
        if parts.count == 2 {
            guard (1...2).contains(parts[1].utf8.count), parts[1].utf8.allSatisfy(Money.isDigit) else { return nil }
            oere += (Int64(parts[1]) ?? 0) * (parts[1].utf8.count == 1 ? 10 : 1)
        }
        self.oere = oere
    }

    /// With two places, as on the wire: `1234.50`.
    public var description: String {
        let rest = oere.magnitude % 100
        return "\(oere < 0 ? "-" : "")\(oere.magnitude / 100).\(rest < 10 ? "0" : "")\(rest)"
    }

    public static func < (left: Money, right: Money) -> Bool { left.oere < right.oere }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
