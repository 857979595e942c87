import Estates
import JSON
import Kafka
import Testing

@testable import Engine
@testable import Worker

@Suite struct DeadlineReplyTests {
    private func reply(_ notice: CalendarDate?) throws -> JSONValue {
        let encoder = OutcomeEncoder(
            topics: try SettingsTests.load(SettingsTests.enough).topics, groupID: "g", worker: "w")
        let outcome = Outcome.estateReply(
            EstateReply(
                record: OriginalRecord(
                    source: Source(topic: .deathNotifications, partition: 4, offset: 17), timestamp: 99, key: [7],
                    value: [], headers: []),
                notification: DeathNotification(
                    id: "d-1", deceased: .cpr(try #require(CPRNumber("6601250100"))), isWithdrawn: false),
                outcome: .estateFound(Estate(id: EstateID("E1"), noticeDate: notice)),
                settledAt: Timestamp(milliseconds: 1_795_515_300_000)))
        return try JSONDocument.parse(try #require(encoder.record(outcome).value))
    }

    @Test func aReplySaysUntilWhenClaimsMustBeFiled() throws {
        let root = try reply(CalendarDate("2026-10-29"))
        #expect(root["noticeDate"]?.string == "2026-10-29")
        #expect(root["claimDeadline"]?.string == "2026-12-28T23:00:00.000Z")
        #expect(root["finalClaimDeadline"]?.string == "2027-02-18T23:00:00.000Z")
    }

    @Test func withoutANoticeThereIsNoDeadline() throws {
        let root = try reply(nil)
        #expect(root["claimDeadline"] == nil)
        #expect(root["finalClaimDeadline"] == nil)
    }
}
