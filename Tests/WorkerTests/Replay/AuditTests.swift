import Kafka
import Testing

@testable import Worker

@Suite struct AuditTests {
    private let place = LetterPlace(partition: 3, offset: 1204)

    @Test func anEntryIsReadAsItWasWritten() throws {
        let topics = try SettingsTests.load(SettingsTests.enough).topics
        let first = AuditEntry(Letters.event(.discarded, run: "one", note: "by \"mail\""), after: nil)
        let second = AuditEntry(Letters.event(.replayed, run: "two"), after: first)
        let third = AuditEntry(Letters.event(.replayed, run: "three"), after: second)
        let record = third.record(of: place, in: topics)
        #expect(record.topic == "estate.dead-letters.audit")
        #expect(record.key.map { String(decoding: $0, as: UTF8.self) } == "3/1204")
        #expect(record.value.flatMap { AuditEntry(json: $0) } == third)
        #expect(third.earlier.map(\.run) == ["one", "two"])
    }

    @Test(arguments: ["", "{}", "[]", #"{"state":"sold","run":"x"}"#, #"{"state":"replayed"}"#, "\u{0}"])
    func whatIsNoEntryIsLeftOut(_ text: String) { #expect(AuditEntry(json: Array(text.utf8)) == nil) }

    @Test func allInstallationsWithTheSameTopicsShareOneLock() throws {
        let one = try SettingsTests.load(SettingsTests.enough + ["group.id=a"])
        let two = try SettingsTests.load(SettingsTests.enough + ["group.id=b"])
        #expect(AuditLock.transactionalID(one.topics) == AuditLock.transactionalID(two.topics))
    }

    @Test func aHeaderThatWasEditedIsMaskedInTheAudit() {
        let changes = ReplayChanges(topic: "t", headers: [("person", "6601250100")])
        #expect(changes.described == ["to-topic t", "person=******-****"])
    }

    @Test(arguments: [("50/s", 50.0), ("50", 50), ("600/m", 10), ("3600/h", 1), ("0.5/s", 0.5)])
    func ratesAreRead(_ text: String, _ rate: Double) { #expect(ReplayRate(text)?.perSecond == rate) }

    @Test(arguments: ["", "0", "-1/s", "x", "5/d", "5/s/s", "inf", "nan"])
    func whatIsNoRateIsRefused(_ text: String) { #expect(ReplayRate(text) == nil) }

    @Test func aRateIsSmoothAndMakesUpForNoPause() throws {
        var rate = try #require(ReplayRate("200/s"))
        #expect(rate.batchSize == 20)
        var now: Int64 = 1_000_000_000
        var sent = 0
        let began = now
        for round in 0..<100 {
            now += rate.delay(now: now)
            rate.spend(20, now: now)
            sent += 20
            // A transaction takes its time, and once a broker is away for a minute.
            now += round == 50 ? 60_000_000_000 : 30_000_000
        }
        let seconds = Double(now - began) / 1e9 - 60
        #expect(abs(Double(sent) / seconds - 200) < 10)
    }
}
