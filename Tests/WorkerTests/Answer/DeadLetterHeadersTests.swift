import Estates
import Kafka
import Testing

@testable import Engine
@testable import Worker

@Suite struct DeadLetterHeadersTests {
    private let encoder: OutcomeEncoder

    init() throws {
        encoder = OutcomeEncoder(topics: try SettingsTests.load(SettingsTests.enough).topics, groupID: "g", worker: "w")
    }

    private func letter(_ headers: [RecordHeader], value: [UInt8]? = [0, 255], attempts: Int = 1) -> OutgoingRecord {
        encoder.record(
            .deadLetter(
                DeadLetter(
                    record: OriginalRecord(
                        source: Source(topic: .claimRequests, partition: 4, offset: 17), timestamp: 99, key: [7, 0],
                        value: value,
                        headers: headers),
                    failure: Failure(
                        .refusedByPortal, stage: .send, message: String(repeating: "ø", count: 600), status: 422),
                    at: Timestamp(milliseconds: 0), attempts: attempts)))
    }

    private func text(_ name: String, _ record: OutgoingRecord) -> [String?] {
        record.headers.filter { $0.name == name }.map(\.text)
    }

    @Test func keyValueAndHeadersStayToTheByte() {
        let original = [
            RecordHeader(name: "x", value: [0, 254]), RecordHeader(name: "x", value: nil),
            RecordHeader(name: "", value: []),
        ]
        let record = letter(original)
        #expect(record.topic == "estate.dead-letters")
        #expect(record.key == [7, 0])
        #expect(record.value == [0, 255])
        #expect(record.headers.prefix(3).map(\.name) == ["x", "x", ""])
        #expect(record.headers.prefix(3).map(\.value) == [[0, 254], nil, []])
        #expect(letter([], value: nil).value == nil)
    }

    @Test func theFailureIsExplained() {
        let record = letter([])
        let expected = [
            "category": "validation", "reason": "refused-by-portal", "stage": "send", "http-status": "422",
            "attempts": "1",
            "at": "1970-01-01T00:00:00.000Z", "first-at": "1970-01-01T00:00:00.000Z",
        ]
        for (name, value) in expected { #expect(text("proklama.error.\(name)", record) == [value]) }
        #expect(text("proklama.error.message", record) == [String(repeating: "ø", count: 500)])
        #expect(text("proklama.source.topic", record) == ["estate.claim-requests"])
        #expect(text("proklama.source.partition", record) == ["4"])
        #expect(text("proklama.source.offset", record) == ["17"])
        #expect(text("proklama.source.timestamp", record) == ["99"])
        #expect(text("proklama.source.group", record) == ["g"])
    }

    @Test func headersOfAnEarlierRoundAreReplacedAndTheirHistoryKept() {
        let first = letter([RecordHeader(name: "mine", value: [1])], attempts: 2)
        let replayed =
            first.headers.map { RecordHeader(name: $0.name, value: $0.value) } + [
                RecordHeader(name: "proklama.replay.count", value: Array("1".utf8)),
                RecordHeader(name: "proklama.error.first-at", value: Array("2020-01-01T00:00:00.000Z".utf8)),
            ]
        let second = letter(replayed, attempts: 3)
        let names = second.headers.map(\.name)
        #expect(names.count == Set(names).count)
        #expect(names.count == first.headers.count + 1)
        #expect(text("proklama.error.attempts", second) == ["5"])
        #expect(text("proklama.error.first-at", second) == ["2020-01-01T00:00:00.000Z"])
        #expect(text("proklama.replay.count", second) == ["1"])
        #expect(text("mine", second) == ["\u{1}"])
    }

    @Test func aRecordThatFailsTheSameWayAgainIsCounted() {
        let first = letter([])
        #expect(text("proklama.error.repeats", first) == ["1"])
        let again = letter(first.headers.map { RecordHeader(name: $0.name, value: $0.value) })
        #expect(text("proklama.error.repeats", again) == ["2"])
        #expect(text("proklama.error.fingerprint", again) == text("proklama.error.fingerprint", first))
        let otherwise = again.headers.map {
            RecordHeader(name: $0.name, value: $0.name == "proklama.error.fingerprint" ? [0x30] : $0.value)
        }
        #expect(text("proklama.error.repeats", letter(otherwise)) == ["1"])
    }

    /// Anybody can send a record with such headers: it must not stop the worker, nor swell the dead letter.
    @Test(arguments: [String(Int.max), String(Int.min), "-1", "1e9", "", "æ", "99999999999999999999"])
    func countsThatWereNeverOursAreNotCountedOn(_ count: String) {
        let first = letter([])
        let forged = first.headers.map { header in
            let isCount = ["proklama.error.attempts", "proklama.error.repeats"].contains(header.name)
            return RecordHeader(name: header.name, value: isCount ? Array(count.utf8) : header.value)
        }
        let again = letter(
            forged + [RecordHeader(name: "proklama.error.first-at", value: [UInt8](repeating: 0, count: 41))])
        #expect(text("proklama.error.attempts", again) == ["1"])
        #expect(text("proklama.error.repeats", again) == ["2"])
        #expect(text("proklama.error.first-at", again) == ["1970-01-01T00:00:00.000Z"])
        let replayed = LetterHeaders(
            Letters.record(
                more: [
                    Header("proklama.replay.count", text: count), Header("proklama.error.repeats", text: count),
                ]))
        #expect((replayed.replayCount, replayed.repeats) == (0, 1))
    }

    @Test(arguments: [(5000, ["mine", "proklama.foo"], true), (2600, [], true), (1900, [], false)])
    func whatDoesNotFitIsLeftOutPieceByPiece(_ limit: Int, _ kept: [String], _ keepsKey: Bool) {
        var whole = letter(
            [
                RecordHeader(name: "mine", value: [UInt8](repeating: 1, count: 1000)),
                RecordHeader(name: "proklama.foo", value: [UInt8](repeating: 1, count: 1000)),
                RecordHeader(name: "proklama.replay.count", value: [0x31]),
            ], value: [UInt8](repeating: 0, count: 4000))
        whole.key = [UInt8](repeating: 2, count: 500)
        let fits = whole.truncated(to: limit)
        #expect(RecordSize.of(fits) <= limit)
        #expect(fits.value == nil)
        #expect(text("proklama.error.truncated", fits) == ["4000"])
        #expect(
            fits.headers.map(\.name).filter { !LetterHeaderName.isOfFailure($0) && !LetterHeaderName.isOfReplay($0) }
                == kept)
        #expect((fits.key != nil) == keepsKey)
        #expect(text("proklama.replay.count", fits) == ["1"])
        #expect(whole.truncated(to: 20_000).headers.map(\.name) == whole.headers.map(\.name))
    }

    @Test func aForgedReplayHeaderGoesLast() {
        let fits = letter([RecordHeader(name: "proklama.replay.id", value: [UInt8](repeating: 1, count: 9000))])
            .truncated(to: 3000)
        #expect(RecordSize.of(fits) <= 3000)
        #expect(text("proklama.replay.id", fits).isEmpty)
    }

    @Test(arguments: [
        ("deceased.cpr: missing", "deceased.cpr"),
        ("inventory.items[17].description: is empty", "inventory.items[].description"),
        ("the value is not JSON: no", nil), ("the record has no key", nil), ("", nil), (": x", nil),
    ])
    func aFingerprintKnowsThePlaceAndNotTheElement(_ message: String, _ place: String?) {
        #expect(FailureFingerprint.place(in: message) == place)
    }

    @Test func fingerprintsAreStable() {
        let failure = Failure(.malformed, stage: .parse, message: "claim.principal: missing")
        #expect(FailureFingerprint(failure).text == "2decb71cdc151702")
        let other = Failure(.malformed, stage: .parse, message: "claim.interest: missing")
        #expect(FailureFingerprint(failure) != FailureFingerprint(other))
        let read = FailureFingerprint(
            category: "validation", reason: "malformed", stage: "parse", status: nil,
            message: "claim.principal: must be something else")
        #expect(FailureFingerprint(failure) == read)
    }

    @Test func repliesEchoCorrelationHeadersOnly() {
        let record = OriginalRecord(
            source: Source(topic: .claimRequests, partition: 0, offset: 0), timestamp: 0, key: nil, value: nil,
            headers: ["traceparent", "other", "correlation-id", "ce_id"].map { RecordHeader(name: $0, value: [1]) })
        #expect(Correlation.headers(of: record).map(\.name) == ["traceparent", "correlation-id", "ce_id"])
    }
}
