import Testing

/// A seed that fails when the named flaw is put back into the engine. The simulation's chances change when it does, so
/// these are found again, by putting the flaws back, whenever it has changed.
struct KeptSeed: CustomTestStringConvertible {
    let seed: UInt64
    let flaw: String

    var testDescription: String { "\(seed): \(flaw)" }

    static let all: [KeptSeed] = [
        KeptSeed(seed: 5, flaw: "a doubt whose estate is not there holds its place until the retry horizon"),
        KeptSeed(seed: 26, flaw: "409 after a look-up that finds nothing goes round for ever"),
        KeptSeed(seed: 41, flaw: "404 after a search that finds the estate goes round for ever"),
        KeptSeed(seed: 7, flaw: "a call may take effect until the very end of its lease, where the look-up comes"),
        KeptSeed(seed: 10, flaw: "a lost answer is looked up while the call may still take effect"),
        KeptSeed(seed: 12, flaw: "what follows a request that was given up in doubt is sent without a look-up"),
        KeptSeed(seed: 22, flaw: "an aborted tick is written again after what has come since"),
        KeptSeed(seed: 49, flaw: "a doubt is not remembered beyond its dead letter"),
        KeptSeed(seed: 125, flaw: "a new owner looks up before the lease of the old one is over"),
    ]
}
