import Estates
import Kafka
import Testing

@testable import Engine
@testable import Worker

struct SealTests {
    static func keyring(_ names: String...) throws -> Keyring {
        try Keyring(
            text: names.map { name in
                "\(name)=" + String(repeating: "0\(name.utf8.count % 10)", count: 32)
            }.joined(separator: "\n"))
    }

    private let context = Array("request/claim-requests/7".utf8)

    @Test(
        arguments: [[], [7], Array("{\"cpr\":\"700101-1234\"}".utf8), [UInt8](repeating: 3, count: 100_000)]
            as [[UInt8]])
    func whatIsSealedOpensAgainAndIsNotReadable(_ value: [UInt8]) throws {
        let seal = Seal(try SealTests.keyring("one"))
        let (sealed, header) = seal.close(value, context: context)
        let bytes = try #require(sealed)
        #expect(header == Header(Seal.header, text: "one"))
        #expect(bytes.count == value.count + AES256GCM.overhead)
        #expect(try seal.open(bytes, key: "one", context: context) == value)
        // A nonce of its own each time: equal values do not look alike.
        #expect(seal.close(value, context: context).value != sealed)
    }

    @Test func nothingElseOpensIt() throws {
        let seal = Seal(try SealTests.keyring("one", "second"))
        let sealed = try #require(seal.close([1, 2, 3], context: context).value)
        #expect(throws: SealProblem.doesNotOpen("one")) {
            try seal.open(sealed, key: "one", context: Array("request/claim-requests/8".utf8))
        }
        #expect(throws: SealProblem.doesNotOpen("second")) { try seal.open(sealed, key: "second", context: context) }
        #expect(throws: SealProblem.keyMissing("third")) { try seal.open(sealed, key: "third", context: context) }
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 1
            #expect(throws: SealProblem.doesNotOpen("one")) { try seal.open(changed, key: "one", context: context) }
        }
        #expect(throws: SealProblem.doesNotOpen("one")) {
            try seal.open(Array(sealed.prefix(AES256GCM.overhead - 1)), key: "one", context: context)
        }
    }

    @Test func aNewKeySealsWhileTheOldOneStillOpens() throws {
        let seal = Seal(try SealTests.keyring("old"))
        let before = try #require(seal.close([1], context: context).value)
        seal.replace(try SealTests.keyring("newer", "old"))
        #expect(try seal.open(before, key: "old", context: context) == [1])
        #expect(seal.close([1], context: context).header == Header(Seal.header, text: "newer"))
    }

    @Test func withoutKeysNothingIsChanged() {
        let (value, header) = Seal(nil).close([1], context: context)
        #expect(value == [1])
        #expect(header == nil)
    }

    // MARK: The ledger

    private let source = Source(topic: .claimRequests, partition: 2, offset: 11)
    private var original: OriginalRecord {
        OriginalRecord(
            source: source, timestamp: 1234, key: [1], value: Array("{\"cpr\":\"7001011234\"}".utf8),
            // A sender's header may bear our name.
            headers: [RecordHeader(name: Seal.header, value: [9]), RecordHeader(name: "h", value: nil)])
    }

    private func stored(_ seal: Seal, offset: Int64? = nil) -> Record {
        let written = LedgerRecord(.request(original), seal)
        let key = offset.map { Array("request/claim-requests/\($0)".utf8) } ?? written.key
        return Record(
            topic: "estate.ledger", partition: 2, offset: 0, key: key, value: written.value, headers: written.headers)
    }

    @Test func aStoredRequestComesBackToTheByte() throws {
        let seal = Seal(try SealTests.keyring("one"))
        let record = stored(seal)
        #expect(StoredRequest.sealingKey(record) == "one")
        #expect(String(decoding: record.value ?? [], as: UTF8.self).contains("7001011234") == false)
        #expect(try StoredRequest.record(record, source: source, seal) == original)
        // One that was written before there were keys.
        let plain = stored(Seal(nil))
        #expect(StoredRequest.sealingKey(plain) == nil)
        #expect(try StoredRequest.record(plain, source: source, seal) == original)
    }

    @Test func aStoredRequestThatDoesNotOpenStopsTheRestore() throws {
        let seal = Seal(try SealTests.keyring("one"))
        #expect(throws: LedgerProblem.self) {
            try StoredRequest.record(stored(seal), source: source, Seal(try SealTests.keyring("second")))
        }
        #expect(throws: LedgerProblem.self) { try StoredRequest.record(stored(seal), source: source, Seal(nil)) }
        // Another request's record, put in its place.
        #expect(throws: LedgerProblem.self) {
            try StoredRequest.record(stored(seal, offset: 12), source: source, seal)
        }
    }

    // MARK: Dead letters

    private func letter(_ seal: Seal, limit: Int = 1_000_000) throws -> Record {
        let topics = try SettingsTests.load(SettingsTests.enough).topics
        var encoder = OutcomeEncoder(topics: topics, groupID: "g", worker: "w")
        encoder.seal = seal
        encoder.deadLetterLimit = limit
        let failure = Failure(.malformed, stage: .parse, message: "m")
        let outcome = Outcome.deadLetter(
            DeadLetter(record: original, failure: failure, at: Timestamp(milliseconds: 0), attempts: 1))
        let written = encoder.record(outcome)
        return Record(
            topic: written.topic, partition: 0, offset: 5, key: written.key, value: written.value,
            headers: written.headers)
    }

    @Test func aDeadLetterIsSealedAndOpensAgain() throws {
        let seal = Seal(try SealTests.keyring("one"))
        let sealed = try letter(seal)
        #expect(sealed.header(Seal.header) == Array("one".utf8))
        #expect(sealed.value != original.value)
        #expect(LetterHeaders(sealed).sealedWith == "one")
        let opened = LetterSeal.opened(sealed, seal)
        #expect(opened.value == original.value)
        #expect(opened.headers == sealed.headers.filter { $0.name != Seal.header })
        #expect(LetterHeaders(opened).sealedWith == nil)
    }

    @Test func aDeadLetterWithoutItsKeyIsNotReplayed() throws {
        let sealed = try letter(Seal(try SealTests.keyring("one")))
        let seen = LetterSeal.opened(sealed, Seal(try SealTests.keyring("second")))
        #expect(seen == sealed)
        let topics = try SettingsTests.load(SettingsTests.enough).topics
        let check = ObstacleCheck(topics: topics, target: nil, mostRepeats: 3)
        #expect(check.obstacle(LetterHeaders(seen)) == .sealed)
        #expect(check.obstacle(LetterHeaders(LetterSeal.opened(sealed, Seal(try SealTests.keyring("one"))))) == nil)
    }

    @Test func aTruncatedDeadLetterNeedsNoKey() throws {
        let cut = try letter(Seal(try SealTests.keyring("one")), limit: 600)
        #expect(cut.value == nil)
        let topics = try SettingsTests.load(SettingsTests.enough).topics
        let check = ObstacleCheck(topics: topics, target: nil, mostRepeats: 3)
        #expect(check.obstacle(LetterHeaders(cut)) == nil)
    }
}
