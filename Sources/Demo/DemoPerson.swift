/// Someone who never lived: the day of birth has 60 added to it, which no real CPR number has.
struct DemoPerson {
    let cpr: String
    /// A pseudonym, the same on both inputs.
    let key: String

    /// - Parameters:
    ///   - number: each gives another person, up to `limit`.
    ///   - serial: the last four digits; the simulator treats some of them in a special way.
    init(_ number: Int, serial: String = "0100") {
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        cpr = two(61 + number % 28) + two(1 + number / 28 % 12) + two(number / 336) + serial
        key = "person-\(number)-\(serial)"
    }

    static let limit = 28 * 12 * 100
}
