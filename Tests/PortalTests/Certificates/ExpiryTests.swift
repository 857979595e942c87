import Testing

@testable import Portal

/// An expiry is announced from 30 days before, once a day, and told at once when it has come.
@Suite struct ExpiryTests {
    @Test func onceADayFromThirtyDaysOn() throws {
        let leaf = try Reading.chain([.testLeaf]).leaf
        var notice = ExpiryNotice()
        var notices: [(day: Int, level: PortalLogLevel)] = []
        // Looked at every half an hour, from 40 days before to 3 days after.
        var now = leaf.notAfter - 40 * 86_400
        while now < leaf.notAfter + 3 * 86_400 {
            if let (level, _) = notice.due(leaf, now: now) {
                notices.append((day: leaf.daysToExpiry(now: now), level: level))
            }
            now += 1800
        }
        let warnings = notices.filter { $0.level == .warning }
        #expect(warnings.count == 30)
        #expect(warnings.first?.day == 29)
        #expect(notices.filter { $0.level == .error }.map(\.day) == [-1, -2, -3])
    }

    @Test func theErrorDoesNotWaitForTheDayToPass() throws {
        let leaf = try Reading.chain([.testLeaf]).leaf
        var notice = ExpiryNotice()
        #expect(notice.due(leaf, now: leaf.notAfter - 100)?.0 == .warning)
        #expect(notice.due(leaf, now: leaf.notAfter) == nil)
        #expect(notice.due(leaf, now: leaf.notAfter + 1)?.0 == .error)
        #expect(notice.due(leaf, now: leaf.notAfter + 2) == nil)
    }
}
