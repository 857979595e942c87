/// A Danish company registration number: eight digits.
///
/// Real ones pass a modulus-11 check with the weights 2 7 6 5 4 3 2 1, test organisations' do not, so the check is a
/// property and no condition.
public struct CVRNumber: Hashable, Sendable, CustomStringConvertible {
    public let digits: String

    public init?(_ text: String) {
        guard text.utf8.count == 8, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        digits = text
    }

    public var passesModulus11: Bool {
        zip(digits.utf8, [2, 7, 6, 5, 4, 3, 2, 1]).reduce(0) { $0 + Int($1.0 - 0x30) * $1.1 } % 11 == 0
    }

    public var description: String { digits }
}
