import Engine
import Estates
import Kafka
import Testing

@testable import Worker

@Suite struct LedgerTests {
    private let creditor: Creditor

    init() throws { creditor = Creditor(cvr: try #require(CVRNumber("97281536")), onBehalfOf: CVRNumber("99000001")) }

    @Test(arguments: ["R-1", "a/b//c/", "", "-", "æøå ☂", "filing/claim/1", "\"quoted\"\n"])
    func keysComeBackWithWhateverReference(_ reference: String) {
        for kind in FilingKind.allCases {
            for creditor in [creditor, Creditor(cvr: creditor.cvr)] {
                let key = LedgerKey.filing(FilingIdentity(creditor: creditor, kind: kind, reference: reference))
                #expect(LedgerKey(Array(key.text.utf8), partition: 3) == key)
            }
        }
    }

    @Test func keysOfRecordsComeBack() {
        for topic in InputTopic.allCases {
            let key = LedgerKey.request(Source(topic: topic, partition: 3, offset: .max))
            #expect(LedgerKey(Array(key.text.utf8), partition: 3) == key)
        }
        #expect(LedgerKey(Array("notification/17".utf8), partition: 0) == .notification(17))
        #expect(LedgerKey(Array("erasure/17".utf8), partition: 0) == .erasure(17))
        for text in [
            "", "filing", "request/claim-requests/x", "request/other/1", "notification/", "erasure/x", "else/1",
            "filing/claim/1/-/r",
        ] {
            #expect(LedgerKey(Array(text.utf8), partition: 0) == nil, "\(text)")
        }
    }

    @Test(arguments: FilingEntry.State.allCases) func filingsComeBack(_ state: FilingEntry.State) throws {
        let identity = FilingIdentity(creditor: creditor, kind: .claim, reference: "a/b")
        let digest = ContentsDigest(high: 1, low: .max)
        let filed = Filed(
            estate: EstateID("e"), filing: FilingID("f\""),
            receipt: Receipt(id: "k", receivedAt: "2026-11-24T10:15:00+01:00"),
            digest: digest, revision: 4, isWithdrawn: true, isIncomplete: true, settledAt: Timestamp(milliseconds: 6),
            first: Receipt(id: "k0", receivedAt: "2026-11-01T10:15:00+01:00"))
        let full = FilingEntry(
            identity: identity, state: state, lease: 40_000,
            requests: [5, 6].map { QueuedRequest(offset: $0, acceptedAt: Timestamp(milliseconds: 7)) }, joined: 1,
            estate: EstateID("e2"), filed: filed, missing: [0, 3], doubt: digest, givenUpFor: PersonKey(hash: 17),
            wasEverInDoubt: true, attempts: 3,
            failingSince: Timestamp(milliseconds: 8), nextAt: Timestamp(milliseconds: 9))
        #expect(try FilingEntry(identity, json: full.json) == full)
        let bare = FilingEntry(identity: identity, state: state)
        #expect(try FilingEntry(identity, json: bare.json) == bare)
    }

    /// As the first version wrote it: every later one reads it.
    @Test func entriesOfOlderWorkersAreRead() throws {
        let identity = FilingIdentity(creditor: creditor, kind: .claim, reference: "a")
        let json = #"""
            {"v":1,"state":"waiting","lease":40000,"requests":[[5,7],[6,8]],"estate":"e2","filed":{"estate":"e",\#
            "filing":"f","receipt":"k","receivedAt":"2026-11-24T10:15:00+01:00",\#
            "digest":"0000000000000001ffffffffffffffff","revision":4,"withdrawn":true},"attempts":3,\#
            "failingSince":8,"nextAt":9}
            """#
        let filed = Filed(
            estate: EstateID("e"), filing: FilingID("f"),
            receipt: Receipt(id: "k", receivedAt: "2026-11-24T10:15:00+01:00"),
            digest: ContentsDigest(high: 1, low: .max), revision: 4, isWithdrawn: true)
        #expect(
            try FilingEntry(identity, json: Array(json.utf8))
                == FilingEntry(
                    identity: identity, state: .waiting, lease: 40_000,
                    requests: [
                        QueuedRequest(offset: 5, acceptedAt: Timestamp(milliseconds: 7)),
                        QueuedRequest(offset: 6, acceptedAt: Timestamp(milliseconds: 8)),
                    ], estate: EstateID("e2"), filed: filed, attempts: 3, failingSince: Timestamp(milliseconds: 8),
                    nextAt: Timestamp(milliseconds: 9)))
    }

    @Test func notificationsComeBack() throws {
        let entry = NotificationEntry(
            offset: 9, acceptedAt: Timestamp(milliseconds: 1), attempts: 2, nextAt: Timestamp(milliseconds: 3))
        #expect(try NotificationEntry(offset: 9, json: entry.json) == entry)
    }

    @Test(arguments: [
        "", "nonsense", "{}", #"{"v":3,"state":"settled"}"#, #"{"v":2,"state":"waiting","missing":[-1]}"#, #"{"v":1}"#,
        #"{"v":1,"state":"other"}"#,
        #"{"v":1,"state":"settled","requests":[[1]]}"#, #"{"v":1,"state":"settled","filed":{}}"#,
        #"{"v":1,"state":"settled","doubt":"xyz"}"#, #"{"v":1,"state":"waiting","requests":[[1,2]],"joined":1}"#,
    ])
    func whatCannotBeReadIsNotGuessed(_ json: String) {
        let identity = FilingIdentity(creditor: creditor, kind: .claim, reference: "r")
        #expect(throws: LedgerProblem.self) { try FilingEntry(identity, json: Array(json.utf8)) }
    }

    @Test(arguments: [nil, [], [0, 255, 10]] as [[UInt8]?]) func requestsComeBackToTheByte(_ bytes: [UInt8]?) throws {
        let source = Source(topic: .claimRequests, partition: 2, offset: 11)
        let original = OriginalRecord(
            source: source, timestamp: 1234, key: bytes, value: bytes,
            headers: [
                RecordHeader(name: "twice", value: bytes), RecordHeader(name: "twice", value: nil),
                RecordHeader(name: "proklama.ledger.key", value: [1]),
            ])
        let written = LedgerRecord(.request(original), Seal(nil))
        let read = Record(
            topic: "estate.ledger", partition: 2, offset: 0, key: written.key, value: written.value,
            headers: written.headers)
        #expect(try StoredRequest.record(read, source: source, Seal(nil)) == original)
        #expect(LedgerWriter.transactionalID(of: read) == nil)
        let first = Record(
            topic: "estate.ledger", partition: 2, offset: 0, key: written.key, value: written.value,
            headers: [LedgerWriter.header("group-1")] + written.headers)
        #expect(try StoredRequest.record(first, source: source, Seal(nil)) == original)
        #expect(LedgerWriter.transactionalID(of: first) == "group-1")
    }

    @Test func whatIsForgottenIsATombstone() {
        let source = Source(topic: .deathNotifications, partition: 2, offset: 11)
        let identity = FilingIdentity(creditor: creditor, kind: .claim, reference: "r")
        for write in [LedgerWrite.forgetRequest(source), .forgetFiling(identity), .forgetNotification(offset: 11)] {
            #expect(LedgerRecord(write, Seal(nil)).value == nil)
        }
    }
}
