import Estates
import Testing

@testable import Engine

/// The packed table of followed estates.
struct FollowedEstatesTests {
    private static func estate(_ number: Int, status: String? = nil) -> FollowedEstate {
        FollowedEstate(
            id: EstateID("estate-\(number)-\(number * 7919)"), key: Array("key \(number)".utf8), status: status,
            treatment: number % 3 == 0 ? "privat skifte" : nil,
            noticeDate: number % 2 == 0 ? CalendarDate(dayNumber: 20_000 + number % 500) : nil,
            closedAt: number % 5 == 0 ? Timestamp(milliseconds: 1_795_515_300_000) : nil)
    }

    @Test func whatWasPutIsThere() {
        var estates = FollowedEstates()
        for number in 0..<2_000 { estates.put(Self.estate(number, status: "s\(number % 7)")) }
        #expect(estates.count == 2_000)
        for number in 0..<2_000 {
            let expected = Self.estate(number, status: "s\(number % 7)")
            #expect(estates.row(of: expected.id).flatMap { estates.estate(at: $0) } == expected)
        }
        #expect(estates.row(of: EstateID("estate-1")) == nil)
    }

    @Test func anotherStateTakesThePlaceOfTheFirstAndTheKeyStays() {
        var estates = FollowedEstates()
        estates.put(Self.estate(1, status: "a"))
        estates.put(FollowedEstate(id: Self.estate(1).id, key: [9], status: "b"))
        #expect(estates.count == 1)
        #expect(estates.estate(at: 0) == FollowedEstate(id: Self.estate(1).id, key: Array("key 1".utf8), status: "b"))
    }

    @Test func whatIsRemovedIsGoneAndMayComeBack() {
        var estates = FollowedEstates()
        for number in 0..<100 { estates.put(Self.estate(number)) }
        estates.remove(Self.estate(7).id)
        #expect(estates.count == 99)
        #expect(estates.row(of: Self.estate(7).id) == nil)
        estates.put(Self.estate(7, status: "again"))
        #expect(estates.count == 100)
        var isKept = Array(repeating: true, count: estates.rowCount)
        isKept[3] = false
        #expect(estates.sweep(isKept: isKept) == [Self.estate(3).id])
        #expect(estates.count == 99)
        #expect(estates.rowCount == 99)
        #expect(estates.row(of: Self.estate(99).id) != nil)
    }

    @Test func anEstateTakesLessThanAHundredBytes() {
        var estates = FollowedEstates()
        for number in 0..<100_000 {
            estates.put(
                FollowedEstate(
                    id: EstateID("abcdef\(1_000_000_000 + number)"), key: Array(repeating: 65, count: 32),
                    status: "aaben", treatment: "privat skifte", noticeDate: CalendarDate("2026-10-02")))
        }
        // Rows and bytes grow by doubling, so half of them may be empty for a while.
        #expect(estates.footprint < 150 * 100_000)
        #expect(estates.footprint / 100_000 > 60)
    }
}
