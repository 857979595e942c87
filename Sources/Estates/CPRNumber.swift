/// A Danish civil registration number. Its description is masked; the bare digits are for the portal request and for
/// digests, nothing else.
///
/// The modulus-11 check is not made: valid numbers that fail it exist since 2007-10-01 (cpr.dk).
public struct CPRNumber: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    /// Ten digits without a hyphen. Never to be logged, put into a metric, a header or an error.
    public let unmaskedDigits: String

    /// Accepts `DDMMYYNNNN` and `DDMMYY-NNNN` with a day and month that exist; substitute numbers have 60 added to
    /// the day.
    public init?(_ text: String) {
        var digits = Array(text.utf8)
        if digits.count == 11, digits[6] == UInt8(ascii: "-") { digits.remove(at: 6) }
        guard digits.count == 10, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        func value(_ range: Range<Int>) -> Int { digits[range].reduce(0) { $0 * 10 + Int($1 - 0x30) } }
        let day = value(0..<2)
        let year = CPRNumber.year(yearDigits: value(4..<6), seventh: value(6..<7))
        guard CalendarDate(year: year, month: value(2..<4), day: day > 60 ? day - 60 : day) != nil else { return nil }
        unmaskedDigits = String(decoding: digits, as: UTF8.self)
    }

    /// A substitute or fictitious number (day 61 to 91): no real person has one, so it is used in tests only.
    public var isSubstitute: Bool { unmaskedDigits.utf8.first.map { $0 >= UInt8(ascii: "6") } ?? false }

    public var description: String { "CPR ******-****" }
    public var debugDescription: String { description }

    /// The century follows from the seventh digit and the year (cpr.dk, "Personnummeret i CPR").
    private static func year(yearDigits: Int, seventh: Int) -> Int {
        switch seventh {
        case 0...3: 1900 + yearDigits
        case 4, 9: yearDigits <= 36 ? 2000 + yearDigits : 1900 + yearDigits
        default: yearDigits <= 57 ? 2000 + yearDigits : 1800 + yearDigits
        }
    }
}
