/// How long a portal call takes, in milliseconds.
public enum Latency: Hashable, Sendable {
    case fixed(Int)
    /// Evenly spread.
    case random(ClosedRange<Int>)

    /// Reads `20` or `20-50`.
    public init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        switch parts.count {
        case 1:
            guard let milliseconds = parts[0], milliseconds >= 0 else { return nil }
            self = .fixed(milliseconds)
        case 2:
            guard let low = parts[0], let high = parts[1], low >= 0, low <= high else { return nil }
            self = .random(low...high)
        default: return nil
        }
    }

    func draw(_ dice: inout RandomSequence) -> Int64 {
        switch self {
        case .fixed(let milliseconds): Int64(milliseconds)
        case .random(let range): Int64(Int.random(in: range, using: &dice))
        }
    }
}
