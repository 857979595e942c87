import Estates
import Testing

@testable import Engine

struct CallBookTests {
    private func caller(_ name: String, due: Int64? = nil, turn: CallTurn = .first) -> Caller {
        Caller(
            partition: 0, epoch: 0, target: .filing(Story.identity(name)), turn: turn,
            due: due.map(Timestamp.init(milliseconds:)))
    }

    private func search(due: Int64? = nil) -> Caller {
        Caller(
            partition: 0, epoch: 0, target: .person(Story.deceased), turn: .first,
            due: due.map(Timestamp.init(milliseconds:)))
    }

    /// Names of those who get the next calls; a search is `S`.
    private func order(_ book: inout CallBook, mayRetry: Bool = false, isKept: Bool = false) -> String {
        var names: [String] = []
        while let caller = book.next(mayRetry: mayRetry, isKept: isKept) {
            _ = book.open(for: caller, .change, at: 0)
            switch caller.target {
            case .filing(let identity): names.append(identity.reference)
            case .person: names.append("S")
            case .following: names.append("F")
            }
        }
        return names.joined(separator: " ")
    }

    @Test func whoeverIsNearestItsDeadlineGoesFirst() {
        var book = CallBook()
        for (name, due) in [("c", 3), ("a", 1), ("b", 2)] as [(String, Int64)] { book.enqueue(caller(name, due: due)) }
        book.enqueue(caller("later a", due: 1))
        book.enqueue(caller("far"))
        #expect(order(&book) == "a later a b far c")
    }

    @Test func ofFourCallsOneGoesToSomebodyElse() {
        var book = CallBook()
        for name in ["x", "y"] { book.enqueue(caller(name)) }
        book.enqueue(search())
        for number in 1...10 { book.enqueue(caller("\(number)", due: Int64(number))) }
        #expect(order(&book) == "1 2 3 x 4 5 6 y 7 8 9 S 10")
    }

    @Test func followingTakesTheCallsThatGoToSomebodyElse() {
        var book = CallBook()
        book.enqueue(Caller(partition: 0, epoch: 0, target: .following, turn: .first, due: nil))
        for number in 1...20 { book.enqueue(caller("\(number)", due: Int64(number))) }
        for name in ["x", "y", "z", "w"] { book.enqueue(caller(name)) }
        #expect(order(&book) == "1 2 3 x 4 5 6 y 7 8 9 z 10 11 12 F 13 14 15 w 16 17 18 19 20")
    }

    @Test func followingGoesLastAndIsNeverStarved() {
        var book = CallBook()
        let following = Caller(partition: 0, epoch: 1, target: .following, turn: .first, due: nil)
        let search = Caller(partition: 0, epoch: 1, target: .person(Story.deceased), turn: .first, due: nil)
        book.enqueue(following)
        for _ in 0..<20 { book.enqueue(search) }
        var places: [Int] = []
        for place in 0..<21 {
            if case .following = book.next(mayRetry: false, isKept: false)?.target { places.append(place) }
        }
        #expect(places == [15])
    }

    @Test func aSearchNearADeadlineGoesBeforeFilingsThatAreNot() {
        var book = CallBook()
        book.enqueue(caller("x"))
        book.enqueue(caller("a", due: 5))
        book.enqueue(search(due: 4))
        #expect(order(&book) == "S a x")
    }

    @Test func retriesKeepTheOrderToo() {
        var book = CallBook()
        for (name, due) in [("x", nil), ("b", 2), ("a", 1)] as [(String, Int64?)] {
            book.enqueue(caller("retry \(name)", due: due, turn: .retry))
            book.enqueue(caller(name, due: due.map { $0 + 1 }))
        }
        #expect(order(&book, mayRetry: true) == "retry a retry b a retry x b x")
    }

    @Test func aKeptCallGoesToAFilingOrARepetition() {
        var book = CallBook()
        book.enqueue(search(due: 1))
        book.enqueue(Caller(partition: 0, epoch: 0, target: .following, turn: .first, due: nil))
        for name in ["x", "y"] { book.enqueue(caller(name)) }
        book.enqueue(caller("retry", turn: .retry))
        #expect(order(&book, isKept: true) == "x y")
        #expect(order(&book, mayRetry: true, isKept: true) == "retry")
        #expect(order(&book) == "S F")
    }

    @Test func withoutABudgetNoRetryIsMadeHoweverNear() {
        var book = CallBook()
        book.enqueue(caller("near", due: 1, turn: .retry))
        book.enqueue(caller("x"))
        #expect(order(&book) == "x")
        #expect(book.waitingCount == 1)
    }

    @Test func aThousandComeOutInOrder() {
        var book = CallBook()
        var random = SeededGenerator(seed: 5)
        var dues: [Int64] = []
        for number in 0..<1000 {
            let due = Int64.random(in: 0...300, using: &random)
            dues.append(due)
            book.enqueue(caller("\(number)", due: due))
        }
        var found: [Int64] = []
        while let caller = book.next(mayRetry: false, isKept: false) { found.append(caller.due?.milliseconds ?? -1) }
        #expect(found == dues.sorted())
        #expect(book.waitingCount == 0)
    }
}
