import Estates
import Kafka
import Testing

@testable import Worker

@Suite struct LockHolderTests {
    private let person = RunIdentity(id: "run", note: nil, now: Timestamp(milliseconds: 0))

    @Test func itIsReadAsItWasWritten() throws {
        let topics = try SettingsTests.load(SettingsTests.enough).topics
        let holder = LockHolder.working(person, next: 5000, now: 1_795_515_300_000)
        let record = holder.record(in: topics)
        #expect(record.topic == "estate.dead-letters.audit")
        #expect(record.key.map { String(decoding: $0, as: UTF8.self) } == "lock")
        #expect(record.value.flatMap { LockHolder(json: $0) } == holder)
        // Readers of letters' entries take no notice of it.
        #expect(LetterPlace(LockHolder.key) == nil)
        #expect(record.value.flatMap { AuditEntry(json: $0) } == nil)
    }

    @Test func itIsAtWorkUntilWellAfterItsNextTransaction() {
        let holder = LockHolder.working(person, next: 5000, now: 1000)
        #expect(holder.isAtWork(at: 6000))
        #expect(!holder.isAtWork(at: 60_000))
        #expect(!LockHolder(person, until: 1000).isAtWork(at: 1000))
    }

    @Test func anAutomaticRunIsTold() {
        let automatic = RunIdentity(automatic: "why", now: Timestamp(milliseconds: 0))
        #expect(automatic.by == "automatic")
        #expect(LockHolder(automatic, until: 0).isAutomatic)
        #expect(!LockHolder(person, until: 0).isAutomatic)
        #expect(person.by != "automatic")
    }

    @Test(arguments: ["", "{}", #"{"run":"x","until":"then","automatic":true}"#, #"{"run":"x","automatic":true}"#])
    func whatIsNoHolderIsLeftOut(_ text: String) { #expect(LockHolder(json: Array(text.utf8)) == nil) }

    @Test(arguments: [("5/s", 200), ("200/s", 100), ("60/m", 1000), ("1/h", 3_600_000)] as [(String, Int64)])
    func theNextTransactionIsAsFarAsTheRateSays(_ rate: String, _ milliseconds: Int64) {
        #expect(ReplayRate(rate)?.interval == milliseconds)
    }
}
