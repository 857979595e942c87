import Testing

/// A seed that fails when the named flaw is put back into the engine. The simulation's chances change when it does, so
/// these are found again, by putting the flaws back, whenever it has changed.
struct KeptSeed: CustomTestStringConvertible {
    let seed: UInt64
    let flaw: String

    var testDescription: String { "\(seed): \(flaw)" }

    static let all: [KeptSeed] = []
}
