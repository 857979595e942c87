/// What happened, line by line.
struct Trace {
    private(set) var lines: [String] = []

    mutating func add(_ text: String, at time: Int64) {
        let digits = String(time)
        lines.append(String(repeating: " ", count: max(0, 7 - digits.count)) + digits + "  " + text)
    }
}
