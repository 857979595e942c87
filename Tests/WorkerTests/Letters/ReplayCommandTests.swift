import Estates
import JSON
import Testing

@testable import Worker

@Suite struct ReplayCommandTests {
    private func command(_ file: String?) -> String {
        ReplayCommand.text(
            file: file, category: "certificate", reason: "expired", since: Timestamp(milliseconds: 1_795_515_300_000))
    }

    @Test func itCanBeTypedAsItStands() throws {
        #expect(
            command("/etc/proklama.properties")
                == "proklama dead-letters replay -c /etc/proklama.properties --category certificate --reason expired "
                + "--since 2026-11-24T10:15:00Z")
        #expect(
            command(nil)
                == "proklama dead-letters replay --category certificate --reason expired --since 2026-11-24T10:15:00Z")
        #expect(command("it's mine").contains(#" -c 'it'\''s mine' "#))
        // And the program takes it.
        let words = command("f").split(separator: " ").dropFirst(3).map(String.init)
        let filter = try LetterFilter(try Arguments(words, of: DeadLettersReplay.command), now: 0)
        #expect(filter.since == 1_795_515_300_000)
        let letter = Letters.record(timestamp: 1_795_515_300_000, category: "certificate", reason: "expired")
        #expect(filter.takes(letter, LetterHeaders(letter)))
        let older = Letters.record(timestamp: 1_795_515_299_999, category: "certificate", reason: "expired")
        #expect(!filter.takes(older, LetterHeaders(older)))
    }

    @Test func statusTellsWhatIsOpenAndTheCommand() throws {
        var snapshot = WorkerSnapshot.sample()
        #expect(try JSONDocument.parse(snapshot.json(environment: "simulator"))["deadLetters"] == nil)
        snapshot.deadLetters = LetterReport(
            asOf: Timestamp(milliseconds: 5), since: Timestamp(milliseconds: 0),
            rows: [.init(category: "certificate", reason: "expired", open: 7, refused: 2, command: "replay it")],
            automatic: .waiting)
        let letters = try #require(try JSONDocument.parse(snapshot.json(environment: "simulator"))["deadLetters"])
        #expect(letters["open"]?.integer == 7)
        #expect(letters["automatic"]?.string == "waiting")
        let row = try #require(letters["reasons"]?.elements?.first)
        #expect(row["command"]?.string == "replay it")
        #expect(row["refused"]?.integer == 2)
    }

    @Test func automaticFiltersTakeAnyOfTheCategories() throws {
        let filter = LetterFilter(open: ["certificate", "environment"], since: 10)
        func takes(_ category: String, _ timestamp: Int64) -> Bool {
            let letter = Letters.record(timestamp: timestamp, category: category)
            return filter.takes(letter, LetterHeaders(letter))
        }
        #expect(takes("certificate", 10) && takes("environment", 11))
        #expect(!takes("validation", 10) && !takes("certificate", 9))
        #expect(
            filter.takes(.open) && !filter.takes(.replayed) && !filter.takes(.discarded) && !filter.takes(.refailed))
    }
}
