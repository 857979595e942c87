import Estates
import Testing

@testable import Engine

/// The stories begin on 2023-11-14.
struct DeadlineOrderTests {
    private func notice(daysLeft: Int) throws -> CalendarDate {
        try #require(CalendarDate("2023-11-14")).adding(days: daysLeft - 56)
    }

    private func claim(of number: Int) throws -> PendingRecord {
        let request = ClaimRequest(
            id: "\(number)", action: .submit, identity: Story.identity("R-\(number)"),
            deceased: .cpr(try #require(CPRNumber("610180000\(number)"))),
            contents: FilingContents(body: .claim(Claim(principal: Money(oere: 1)))), digest: Story.digest(1))
        return PendingRecord(
            record: Story.record(.claimRequests, Int64(number)), parsed: .request(request))
    }

    /// The references that are submitted, one call after the other.
    private func submitted(_ story: inout Story) -> [String] {
        var found: [String] = []
        while case .submit(_, let identity, _, _)? = story.calls.first?.call {
            found.append(identity.reference)
            story.take("F" + identity.reference, receipt: "K")
            story.commit()
        }
        return found
    }

    /// Claims of four persons, whose estates are found one by one.
    private func story(daysLeft: [Int?]) throws -> Story {
        var story = Story { $0.maximumInFlight = 1 }
        story.own()
        for number in daysLeft.indices { story.receive(try claim(of: number)) }
        for (number, left) in daysLeft.enumerated() {
            var notice: CalendarDate?
            if let left { notice = try self.notice(daysLeft: left) }
            story.answer(.success(.estates([Estate(id: EstateID("E\(number)"), noticeDate: notice)])))
        }
        return story
    }

    @Test func claimsThatWaitForACallGoByTheirDeadlines() throws {
        var story = try story(daysLeft: [nil, 50, 13, 2, -100, 7, 13])
        story.commit()
        #expect(submitted(&story) == ["R-3", "R-5", "R-2", "R-0", "R-6", "R-1", "R-4"])
    }

    @Test func theNextOwnerKnowsWhoIsNearest() throws {
        var first = try story(daysLeft: [50, 9, 3])
        first.commit()
        // Each is tried once, and the portal is overloaded.
        for _ in 0..<3 { first.fail(.status(503, code: nil)) }
        first.commit()
        var contents = RestoredPartition()
        for case .filing(let entry) in first.ledger { contents.add(entry) }
        for number in 0..<3 {
            let item = try claim(of: number)
            contents.requests[item.record.source] = item
        }
        contents.positions = [.claimRequests: 3]
        var next = Story { $0.maximumInFlight = 1 }
        next.now = first.now + 3_600_000
        next.own(contents)
        var searched: [Deceased] = []
        while case .search(let deceased)? = next.calls.first?.call {
            searched.append(deceased)
            next.answer(.success(.estates([])))
        }
        let expected = try [2, 1, 0].map { Deceased.cpr(try #require(CPRNumber("610180000\($0)"))) }
        #expect(searched == expected)
    }
}
