import Kafka
import Testing

@testable import Worker

@Suite struct LetterBookTests {
    private let first = LetterPlace(partition: 1, offset: 7)
    private let second = LetterPlace(partition: 2, offset: 5000)

    private func successor(of place: LetterPlace, run: String) -> LetterHeaders {
        LetterHeaders(
            Letters.record(
                second,
                more: [
                    Header("proklama.replay.of", text: place.description), Header("proklama.replay.id", text: run),
                ]))
    }

    @Test func aNoteTakesSixteenBytes() { #expect(MemoryLayout<LetterNote>.stride == 16) }

    @Test func aLetterThatCameOfAReplayTellsThatItWasInVain() {
        var book = Letters.book(7...7, audit: [7: Letters.event(.replayed, run: "one")])
        #expect(book[first].status == .replayed)
        book.follow(successor(of: first, run: "one"))
        #expect(book[first].status == .refailed)
    }

    @Test func anEarlierFailureSaysNothingOfALaterReplay() {
        var book = Letters.book(7...7)
        book.note(Letters.event(.replayed, run: "one"), of: first)
        book.note(Letters.event(.replayed, run: "two"), of: first)
        book.follow(successor(of: first, run: "one"))
        #expect(book[first].status == .replayed)
    }

    @Test func whatWasNeverReplayedIsNotCalledRefailed() {
        var book = Letters.book(7...7, audit: [7: Letters.event(.discarded, run: "one")])
        book.follow(successor(of: first, run: "one"))
        #expect(book[first].status == .discarded)
        #expect(!book.hasReplays)
    }

    @Test func lettersAreVisitedInOrderAndOnlyThoseAskedFor() {
        var book = Letters.book(1020...1030, audit: [3: Letters.event(.replayed, run: "one")])
        book.drop(LetterPlace(partition: 1, offset: 1025))
        var seen: [Int64] = []
        book.visit { place, _ in seen.append(place.offset) }
        #expect(seen == Array(1020...1024) + Array(1026...1030))
    }

    @Test func aHostileKeyOfTheAuditTakesNoMemory() {
        var book = LetterBook()
        book.note(Letters.event(.replayed, run: "one"), of: LetterPlace(partition: .max, offset: .max))
        #expect(book[LetterPlace(partition: .max, offset: .max)].status == .replayed)
    }

    @Test(arguments: ["", "1", "1/", "/1", "-1/2", "1/-2", "1/2/3", "a/b", " 1/2"])
    func whatIsNoPlaceIsRefused(_ text: String) { #expect(LetterPlace(text) == nil) }

    @Test func kindsBeyondTheLimitAreCountedTogether() {
        var numbering = Numbering<String>(limit: 3, overflow: "other")
        #expect(["a", "b", "c", "d", "a"].map { numbering.number(of: $0) } == [1, 2, 3, 3, 1])
        #expect(numbering[3] == "other")
    }
}
