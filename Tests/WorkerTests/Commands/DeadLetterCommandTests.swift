import Engine
import Kafka
import Testing

@testable import Worker

@Suite struct DeadLetterCommandTests {
    private func letter(_ reason: FailureReason, offset: Int64, timestamp: Int64, value: String = "{}") -> Record {
        Record(
            topic: "estate.dead-letters", partition: 1, offset: offset, timestamp: timestamp, key: Array("k".utf8),
            value: Array(value.utf8),
            headers: [
                Header("traceparent", text: "00-1"), Header("proklama.error.category", text: reason.category.rawValue),
                Header("proklama.error.reason", text: reason.rawValue), Header("proklama.source.topic", text: "in"),
                Header("proklama.source.partition", text: "3"), Header("proklama.source.offset", text: "12"),
            ])
    }

    @Test(arguments: [
        ("*", "anything", true), ("estate-*", "estate-not-found", true), ("estate-*", "expired", false),
        ("*-cpr", "invalid-cpr", true), ("?xpired", "expired", true), ("expired", "expired", true),
        ("expire", "expired", false), ("*a*b*", "xxaxxbxx", true), ("*a*b*", "xxbxxaxx", false), ("", "", true),
        ("*", "", true), ("?", "", false), ("**e**", "e", true),
    ])
    func globsMatch(_ pattern: String, _ text: String, _ matches: Bool) {
        #expect(Glob(pattern).matches(text) == matches)
    }

    @Test(.timeLimit(.minutes(1))) func aHostileGlobIsNotSlow() {
        let pattern = String(repeating: "*a", count: 200) + "b"
        #expect(!Glob(pattern).matches(String(repeating: "a", count: 5000)))
    }

    @Test(arguments: [
        ("cpr 6601250100.", "cpr ******-****."), ("660125-0100", "******-****"), ("6601250100", "******-****"),
        ("12345678901", "12345678901"), ("97281536", "97281536"), ("660125-01001", "660125-01001"),
        ("2026-09-14", "2026-09-14"),
        ("æ6601250100ø", "æ******-****ø"), ("123456-", "123456-"), ("", ""),
    ])
    func whatLooksLikeACPRNumberIsMasked(_ text: String, _ masked: String) {
        #expect(PersonalData.masked(text) == masked)
    }

    @Test func controlCharactersCannotReachTheTerminal() {
        #expect(PersonalData.printable("a\u{1B}[31mæ\n\t\u{9B}") == "a\\u{1b}[31mæ\n\t\\u{9b}")
    }

    @Test func aLetterIsShownMaskedWithItsMeaning() {
        let record = letter(.invalidCPR, offset: 7, timestamp: 0, value: #"{"cpr":"6601250100"}"#)
        let masked = LetterDetail(record, nil, .cpr).lines.joined(separator: "\n")
        #expect(masked.contains("estate.dead-letters-1 at 7"))
        #expect(masked.contains(FailureReason.invalidCPR.meaning))
        #expect(masked.contains(FailureReason.invalidCPR.remedy))
        #expect(masked.contains("traceparent"))
        #expect(masked.contains(#"{"cpr":"******-****"}"#))
        #expect(LetterDetail(record, nil, .none).lines.last == #"{"cpr":"6601250100"}"#)
    }

    @Test func lettersAreCountedByReasonWithTheirTimes() throws {
        var book = LetterBook()
        for (reason, offset, time) in [
            (FailureReason.malformed, 1, 5000), (.expired, 2, 1000), (.malformed, 3, 2000), (.malformed, 4, 9000),
        ] as [(FailureReason, Int64, Int64)] {
            book.take(
                LetterPlace(partition: 1, offset: offset),
                LetterHeaders(letter(reason, offset: offset, timestamp: time)),
                timestamp: time, obstacle: nil)
        }
        let filter = try LetterFilter(try Arguments([], of: DeadLettersList.command), now: 0)
        let summary = LetterSummary(book, filter, by: .reason)
        #expect(summary.total == 4)
        #expect(summary.open == 4)
        #expect(summary.rows.map(\.kind.reason) == ["expired", "malformed"])
        #expect(summary.rows.map(\.count) == [1, 3])
        #expect(summary.rows.last?.first == 2000)
        #expect(summary.rows.last?.last == 9000)
        #expect(summary.rows.last?.newest.offset == 4)
        #expect(summary.json.first?.contains(#""first":"1970-01-01T00:00:01.000Z""#) == true)
    }

    @Test func filtersCombine() throws {
        let command = DeadLettersList.command
        let words = [
            "--category", "val*", "--reason=mal*", "--since", "1970-01-01T00:00:02Z", "--until", "1970-01-01T00:00:03Z",
        ]
        let filter = try LetterFilter(try Arguments(words, of: command), now: 0)
        func takes(_ reason: FailureReason, _ time: Int64) -> Bool {
            let record = letter(reason, offset: 0, timestamp: time)
            return filter.takes(record, LetterHeaders(record))
        }
        #expect(takes(.malformed, 2000))
        #expect(!takes(.malformed, 1999))
        #expect(!takes(.malformed, 3000))
        #expect(!takes(.expired, 2500))
        #expect(!takes(.invalidCPR, 2500))
    }

    @Test(arguments: [
        ("1970-01-02", 86_400_000), ("2026-11-24T10:15:00Z", 1_795_515_300_000),
        ("2026-11-24T10:15:00.250Z", 1_795_515_300_250),
        ("2026-11-24T11:15:00+01:00", 1_795_515_300_000), ("2024-02-29T00:00:00Z", 1_709_164_800_000),
        ("36h", -129_600_000),
    ])
    func timesAreRead(_ text: String, _ milliseconds: Int64) {
        #expect(TimeText.parse(text, now: 0) == milliseconds)
    }

    @Test(arguments: [
        "", "now", "2026-13-01", "2026-11-24T", "2026-11-24T25:00:00Z", "2026-11-24T10:15", "2026-11-24T10:15:00",
    ])
    func whatIsNoTimeIsNotGuessed(_ text: String) { #expect(TimeText.parse(text, now: 0) == nil) }
}
