/// Gives each value a small number, from 1: what comes a million times is kept once.
struct Numbering<Value: Hashable & Sendable>: Sendable {
    private var numbers: [Value: Int] = [:]
    private var values: [Value] = []
    private let limit: Int
    private let overflow: Value?

    /// - Parameter overflow: takes the number `limit` for all values beyond.
    init(limit: Int = .max, overflow: Value? = nil) {
        self.limit = limit
        self.overflow = overflow
    }

    mutating func number(of value: Value) -> Int {
        if let known = numbers[value] { return known }
        if let overflow, values.count >= limit - 1, value != overflow { return number(of: overflow) }
        values.append(value)
        numbers[value] = values.count
        return values.count
    }

    /// Nil when it has none.
    func known(_ value: Value) -> Int? { numbers[value] }

    /// - Parameter number: one that was given out.
    subscript(_ number: Int) -> Value { values[number - 1] }
}
