/// A position in a partition, by number or by what it means.
public enum Offset: Hashable, Sendable, CustomStringConvertible {
    /// Just before the record of this offset.
    case at(Int64)
    /// The oldest record that is still there.
    case beginning
    /// Behind the newest record.
    case end
    /// In an answer: there is none (nothing committed, nothing read yet). In a request: where the group has committed,
    /// or else where `auto.offset.reset` says.
    case none

    /// The number, when it is one.
    public var number: Int64? {
        if case .at(let number) = self { number } else { nil }
    }

    /// The number, or the word.
    public var description: String {
        switch self {
        case .at(let number): String(number)
        case .beginning: "beginning"
        case .end: "end"
        case .none: "none"
        }
    }
}
