import Estates
import JSON
import Kafka
import Testing

@testable import Engine
@testable import Worker

@Suite struct CloudEventReplyTests {
    private func encoder(_ mode: CloudEventsMode) throws -> OutcomeEncoder {
        OutcomeEncoder(
            topics: try SettingsTests.load(SettingsTests.enough).topics, groupID: "g", worker: "w",
            cloudEvents: mode, cloudEventsSource: "/proklama/g")
    }

    private func record(_ headers: [(String, String)], _ value: String = "{}") -> OriginalRecord {
        OriginalRecord(
            source: Source(topic: .deathNotifications, partition: 4, offset: 17), timestamp: 99, key: [7, 0],
            value: Array(value.utf8), headers: headers.map { RecordHeader(name: $0.0, value: Array($0.1.utf8)) })
    }

    private func reply(_ record: OriginalRecord, id: String = "d-1") throws -> Outcome {
        .estateReply(
            EstateReply(
                record: record,
                notification: DeathNotification(
                    id: id, deceased: .cpr(try #require(CPRNumber("6601250100"))), isWithdrawn: true),
                outcome: .withdrawn([]), settledAt: Timestamp(milliseconds: 1_795_515_300_000)))
    }

    private func texts(_ record: OutgoingRecord) -> [String: String] {
        Dictionary(uniqueKeysWithValues: record.headers.map { ($0.name, $0.text ?? "") })
    }

    private let request = [
        ("ce_specversion", "1.0"), ("ce_id", "4711"), ("ce_source", "/billing"), ("ce_type", "x"), ("ce_subject", "s"),
        ("ce_correlationid", "c"), ("traceparent", "00-1"), ("other", "o"),
    ]

    @Test func withoutTheSettingARequestsHeadersAreEchoed() throws {
        let plain = try encoder(.none).record(reply(record(request)))
        #expect(
            texts(plain) == [
                "ce_id": "4711", "ce_source": "/billing", "ce_subject": "s", "ce_correlationid": "c",
                "traceparent": "00-1",
            ])
    }

    @Test func binaryHasItsAttributesInHeadersAndThePlainReplyAsValue() throws {
        let outcome = try reply(record(request))
        let event = try encoder(.binary).record(outcome)
        #expect(event.value == (try encoder(.none).record(outcome).value))
        #expect(event.key == [7, 0])
        #expect(
            texts(event) == [
                "ce_specversion": "1.0", "ce_id": "estate.death-notifications/4/17", "ce_source": "/proklama/g",
                "ce_type": "dk.proklama.estate-reply.v1", "ce_subject": "d-1", "ce_time": "2026-11-24T10:15:00.000Z",
                "content-type": "application/json", "ce_causationid": "4711", "ce_causationsource": "/billing",
                "ce_causationsubject": "s", "ce_correlationid": "c", "traceparent": "00-1",
            ])
    }

    @Test func structuredHasAllInItsEnvelope() throws {
        let outcome = try reply(record(request))
        let event = try encoder(.structured).record(outcome)
        #expect(
            texts(event) == ["content-type": "application/cloudevents+json; charset=UTF-8", "traceparent": "00-1"])
        let root = try JSONDocument.parse(try #require(event.value))
        #expect(root["id"]?.string == "estate.death-notifications/4/17")
        #expect(root["causationid"]?.string == "4711")
        #expect(root["datacontenttype"]?.string == "application/json")
        #expect(root["data"]?["notificationId"]?.string == "d-1")
        let plain = String(decoding: try #require(try encoder(.none).record(outcome).value), as: UTF8.self)
        #expect(String(decoding: try #require(event.value), as: UTF8.self).hasSuffix(",\"data\":\(plain)}"))
    }

    @Test func theCauseOfAnAnswerIsReadFromAnEnvelopeToo() throws {
        let cause = record(
            [("content-type", "application/cloudevents+json"), ("ce_id", "another")],
            #"{"specversion":"1.0","id":"4711","source":"/b","type":"x","data":{}}"#)
        let event = texts(try encoder(.binary).record(reply(cause)))
        #expect(event["ce_causationid"] == "4711")
        #expect(event["ce_causationsource"] == "/b")
        #expect(event["ce_causationsubject"] == nil)
    }

    @Test func newsOfAnEstateAnswersNothing() throws {
        let identity = try #require(FilingIdentity(path: "claim/97281536/-/R-1"))
        func update(_ change: EstateUpdate.Change, _ filing: EstateUpdate.Subject? = nil) -> EstateUpdate {
            EstateUpdate(
                key: [7, 0], estate: EstateID("E-1"), change: change, before: nil, after: "2026-10-02", filing: filing,
                seenAt: Timestamp(milliseconds: 1_795_515_300_000))
        }
        let event = try encoder(.binary).record(update(.noticePublished))
        #expect(
            texts(event) == [
                "ce_specversion": "1.0", "ce_id": "E-1/notice-published/2026-11-24T10:15:00.000Z",
                "ce_source": "/proklama/g", "ce_type": "dk.proklama.estate-update.v1", "ce_subject": "E-1",
                "ce_time": "2026-11-24T10:15:00.000Z", "content-type": "application/json",
            ])
        let ofFiling = try encoder(.binary).record(
            update(.filingStatusChanged, EstateUpdate.Subject(identity: identity, id: FilingID("F"))))
        #expect(
            texts(ofFiling)["ce_id"]
                == "E-1/filing-status-changed/claim/97281536/-/R-1/2026-11-24T10:15:00.000Z")
        #expect(try encoder(.none).record(update(.noticePublished)).headers.isEmpty)
    }

    @Test func thePageNamesEveryType() throws {
        var path = #filePath
        for _ in 0..<4 { path = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]) }
        let page = try TextFile.read(path + "/docs/cloudevents.md")
        for type in CloudEventType.allCases { #expect(page.contains("`\(type.rawValue)`"), "\(type.rawValue)") }
    }

    @Test(arguments: ["", "a\nb", "\u{7F}", "\u{9F}"]) func whatIsNoAttributeIsLeftOut(_ text: String) throws {
        for mode in [CloudEventsMode.binary, .structured] {
            let event = try encoder(mode).record(reply(record([("ce_id", text), ("ce_source", "/b")]), id: text))
            let value = String(decoding: event.value ?? [], as: UTF8.self)
            #expect(texts(event)["ce_causationid"] == nil)
            #expect(texts(event)["ce_subject"] == nil)
            #expect(!value.contains("causationid"))
            #expect(texts(event)["ce_causationsource"] == "/b" || value.contains(#""causationsource":"/b""#))
        }
    }

    @Test(arguments: CloudEventsMode.allCases) func aDeadLetterIsTheOriginalWhateverTheMode(
        _ mode: CloudEventsMode
    ) throws {
        let original = record(request, "no JSON")
        let letter = try encoder(mode).record(
            .deadLetter(
                DeadLetter(
                    record: original, failure: Failure(.malformed, stage: .parse, message: "m"),
                    at: Timestamp(milliseconds: 0), attempts: 0)))
        #expect(letter.value == original.value)
        #expect(
            letter.headers.filter { !$0.name.hasPrefix("proklama.") }.map(\.name) == request.map(\.0))
    }

    @Test func theSourceIsTheGroupUnlessItIsSet() throws {
        #expect(try SettingsTests.load(SettingsTests.enough).cloudEventsSource == "/proklama/proklama")
        let named = try SettingsTests.load(SettingsTests.enough + ["group.id=a/b ø"])
        #expect(named.cloudEventsSource == "/proklama/a%2Fb%20%C3%B8")
        let set = try SettingsTests.load(SettingsTests.enough + ["cloudevents.source=https://a.example/b"])
        #expect(set.cloudEventsSource == "https://a.example/b")
        #expect(throws: SettingsProblems.self) {
            try SettingsTests.load(SettingsTests.enough + ["cloudevents.source=a b"])
        }
        #expect(throws: SettingsProblems.self) {
            try SettingsTests.load(SettingsTests.enough + ["cloudevents.mode=batch"])
        }
    }
}
