import Estates
import Testing

@testable import Engine

struct SettledFilingsTests {
    /// Texts of every length that matters: empty, of two bytes a character, and longer than one byte can count.
    private static func filed(_ seed: Int) -> Filed {
        let text = String(repeating: "æ", count: [0, 3, 18, 200][seed % 4]) + "\(seed)"
        return Filed(
            estate: EstateID("E\(text)"), filing: FilingID(text), receipt: Receipt(id: "\(seed)", receivedAt: text),
            digest: ContentsDigest(high: UInt64(seed), low: .max), revision: seed % 7 + 1, isWithdrawn: seed % 3 == 0,
            settledAt: seed % 5 == 0 ? nil : Timestamp(milliseconds: Int64(seed)),
            first: seed % 2 == 0 ? nil : Receipt(id: text, receivedAt: "\(seed)"))
    }

    private static func undated(_ filed: Filed) -> Filed {
        var filed = filed
        filed.settledAt = nil
        return filed
    }

    private static func identity(_ number: Int) -> FilingIdentity {
        guard let cvr = CVRNumber("0000000\(number % 2)"), let other = CVRNumber("99999999") else {
            preconditionFailure("eight digits are a number")
        }
        return FilingIdentity(
            creditor: Creditor(cvr: cvr, onBehalfOf: number % 3 == 0 ? other : nil),
            kind: FilingKind.allCases[number % 4], reference: number % 11 == 0 ? "" : "ø/\(number / 4)")
    }

    @Test(arguments: [3, 40, 2_000])
    func whatIsKeptIsWhatADictionaryWouldKeep(filings: Int) {
        var random = SeededGenerator(seed: 11)
        var packed = SettledFilings()
        var plain: [FilingIdentity: Filed] = [:]
        for step in 0..<20_000 {
            let identity = SettledFilingsTests.identity(Int.random(in: 0..<filings, using: &random))
            if Int.random(in: 0..<5, using: &random) < 3 {
                packed.insert(identity, SettledFilingsTests.filed(step))
                plain[identity] = SettledFilingsTests.filed(step)
            } else {
                let removed = packed.remove(identity).map(SettledFilingsTests.undated)
                #expect(removed == plain.removeValue(forKey: identity).map(SettledFilingsTests.undated))
            }
            if step % 10 == 0 {
                let time = Timestamp(milliseconds: Int64(step))
                let limit = Timestamp(milliseconds: Int64(step - 500))
                for old in packed.takeExpired(settledBefore: limit, now: time, examining: 7) {
                    let gone = plain.removeValue(forKey: old)
                    #expect(gone.map { ($0.settledAt ?? time) < limit || $0.settledAt == nil } == true)
                }
            }
            #expect(packed.count == plain.count)
        }
        var all: [FilingIdentity: Filed] = [:]
        packed.visitAll { all[$0] = $1 }
        // The sweep has dated some that had no date.
        #expect(all.mapValues(SettledFilingsTests.undated) == plain.mapValues(SettledFilingsTests.undated))
    }

    @Test func holesAreFilledSoThatMemoryDoesNotGrow() {
        var packed = SettledFilings()
        for round in 0..<60 {
            for number in 0..<1_000 { packed.insert(SettledFilingsTests.identity(number * 4 + 1), Story.filed()) }
            if round == 2 { #expect(packed.footprint < 3 * 1_000 * 300) }
        }
        #expect(packed.footprint < 3 * 1_000 * 300)
    }

    @Test func aSettledFilingTakesLessThan300Bytes() {
        var packed = SettledFilings()
        let identifier = "0f8fad5b-d9cb-469f-a165-70867728950e"
        for number in 0..<20_000 {
            let filed = Filed(
                estate: EstateID(identifier), filing: FilingID(identifier),
                receipt: Receipt(id: identifier, receivedAt: "2026-11-24T10:15:00.000Z"), digest: Story.digest(1),
                revision: 1, isWithdrawn: false, settledAt: Timestamp(milliseconds: 1))
            packed.insert(Story.identity("INVOICE-2026-\(number)"), filed)
        }
        #expect(packed.footprint / 20_000 < 300)
    }

    @Test func theOldAreTakenAFewAtATimeAndTheUndatedCountFromThen() {
        var packed = SettledFilings()
        for number in 1...100 {
            var filed = Story.filed()
            filed.settledAt = number == 50 ? nil : Timestamp(milliseconds: Int64(number))
            packed.insert(Story.identity("\(number)"), filed)
        }
        let now = Timestamp(milliseconds: 1_000)
        let limit = Timestamp(milliseconds: 61)
        let first = packed.takeExpired(settledBefore: limit, now: now, examining: 10)
        #expect(first.map(\.reference) == (1...10).map(String.init))
        let rest = (0..<9).flatMap { _ in packed.takeExpired(settledBefore: limit, now: now, examining: 10) }
        #expect(rest.map(\.reference) == (11...60).filter { $0 != 50 }.map(String.init))
        #expect(packed.remove(Story.identity("50"))?.settledAt == now)
    }
}
