import Estates
import Kafka
import Testing

@testable import Engine
@testable import Worker

@Suite struct ReplayedRecordTests {
    private let run = RunIdentity(id: "run", note: nil, now: Timestamp(milliseconds: 0))

    private func replayed(_ letter: Record, _ changes: ReplayChanges = ReplayChanges()) throws -> OutgoingRecord {
        try #require(
            ReplayedRecord.make(of: letter, LetterHeaders(letter), contents: letter, changes, run: run, at: "now"))
    }

    private func text(_ name: String, _ record: OutgoingRecord) -> [String?] {
        record.headers.filter { $0.name == name }.map(\.text)
    }

    private let own = [Header("x", [0, 254]), Header("x", nil), Header("", []), Header("proklamation", [1])]

    @Test func itGoesBackToTheByteWhereItCameFrom() throws {
        let record = try replayed(Letters.record(own: own))
        #expect(record.topic == "estate.claim-requests")
        #expect(record.partition == 3)
        #expect(record.key == [1, 0])
        #expect(record.value == [0, 255])
        #expect(Array(record.headers.prefix(4)) == own)
        #expect(record.timestamp == nil)
        #expect(try replayed(Letters.record(key: nil, value: nil)).value == nil)
    }

    @Test func itCarriesOnlyWhatTheNextLetterCountsOnFrom() throws {
        let record = try replayed(Letters.record(own: own))
        let ours = record.headers.dropFirst(4).map(\.name)
        #expect(
            ours == [
                "proklama.error.first-at", "proklama.error.attempts", "proklama.error.fingerprint",
                "proklama.error.repeats", "proklama.replay.count", "proklama.replay.id", "proklama.replay.at",
                "proklama.replay.of",
            ])
        #expect(text("proklama.replay.of", record) == ["1/7"])
    }

    @Test func fiveRoundsChangeNothingAndPileNothingUp() throws {
        let encoder = OutcomeEncoder(
            topics: try SettingsTests.load(SettingsTests.enough).topics, groupID: "g", worker: "w")
        var letter = Letters.record(own: own)
        for round in 1...5 {
            let record = try replayed(letter)
            #expect(text("proklama.replay.count", record) == [String(round)])
            let failed = encoder.record(
                .deadLetter(
                    DeadLetter(
                        record: OriginalRecord(
                            source: Source(topic: .claimRequests, partition: 3, offset: Int64(round)), timestamp: 0,
                            key: record.key, value: record.value,
                            headers: record.headers.map { RecordHeader(name: $0.name, value: $0.value) }),
                        failure: Failure(.malformed, stage: .parse, message: "claim.principal: missing"),
                        at: Timestamp(milliseconds: 0), attempts: 0)))
            letter = Record(
                topic: failed.topic, partition: 0, offset: Int64(round), key: failed.key, value: failed.value,
                headers: failed.headers)
            #expect(Array(failed.headers.prefix(4)) == own)
            #expect(failed.headers.count == 4 + 16 + 4)
            #expect(LetterHeaders(letter).repeats == round + 1)
            #expect(LetterHeaders(letter).replayCount == round)
        }
        #expect(letter.key == [1, 0])
        #expect(letter.value == [0, 255])
    }

    @Test func editsReplaceTheFirstHeaderOfTheNameAndDropTheRest() throws {
        let changes = ReplayChanges(topic: nil, headers: [("x", "new"), ("y", "added")])
        let record = try replayed(Letters.record(own: own), changes)
        #expect(record.headers.prefix(4).map(\.name) == ["x", "", "proklamation", "y"])
        #expect(text("x", record) == ["new"])
        #expect(changes.described == ["x=new", "y=added"])
    }

    @Test func anotherTopicChoosesItsOwnPartition() throws {
        let record = try replayed(Letters.record(), ReplayChanges(topic: "parked"))
        #expect(record.topic == "parked")
        #expect(record.partition == nil)
    }

    @Test func aTruncatedLetterGetsTheContentsOfItsSource() throws {
        let letter = Letters.record(value: nil, own: own, more: [Header("proklama.error.truncated", text: "value")])
        let source = Record(
            topic: "estate.claim-requests", partition: 3, offset: 12, key: [1, 0], value: [9, 9],
            headers: own + [
                Header("proklama.error.attempts", text: "stale"), Header("proklama.replay.count", text: "8"),
            ])
        #expect(LetterHeaders(letter).isTruncated)
        let record = try #require(
            ReplayedRecord.make(
                of: letter, LetterHeaders(letter), contents: source, ReplayChanges(), run: run, at: "now"))
        #expect(record.value == [9, 9])
        #expect(Array(record.headers.prefix(4)) == own)
        #expect(text("proklama.error.attempts", record) == ["2"])
        #expect(text("proklama.replay.count", record) == ["1"])
        #expect(text("proklama.error.truncated", record) == [])
    }
}
