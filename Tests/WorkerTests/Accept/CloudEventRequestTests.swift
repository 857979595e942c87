import Engine
import Estates
import Testing

@testable import Worker

@Suite struct CloudEventRequestTests {
    private static let attributes = [
        "ce_specversion": "1.0", "ce_id": "4711", "ce_source": "/billing", "ce_type": "dk.proklama.claim-request.v1",
    ]
    private static let structured = ["content-type": "application/cloudevents+json; charset=UTF-8"]

    private func parse(_ value: String, _ headers: [String: String]) -> ParsedRecord {
        RecordParser(isProduction: false).parse(
            OriginalRecord(
                source: Source(topic: .claimRequests, partition: 0, offset: 0), timestamp: 0, key: [1],
                value: Array(value.utf8),
                headers: headers.map { RecordHeader(name: $0.key, value: Array($0.value.utf8)) }))
    }

    private func refusal(_ value: String, _ headers: [String: String]) -> String {
        if case .rejected(let failure) = parse(value, headers) {
            return "\(failure.reason.rawValue) \(failure.message)"
        }
        return ""
    }

    private func envelope(_ changes: [String: String] = [:]) -> String {
        var members = [
            "specversion": #""1.0""#, "id": #""4711""#, "source": #""/billing""#, "type": #""any""#,
            "data": RecordParserTests.request(),
        ]
        for (name, value) in changes { members[name] = value.isEmpty ? nil : value }
        return "{" + members.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",") + "}"
    }

    @Test func allFormsOfOneRequestAreTheSameRequest() {
        let plain = RecordParserTests.parse(RecordParserTests.request())
        guard case .request(let request) = plain else {
            Issue.record("the plain request is refused")
            return
        }
        #expect(parse(RecordParserTests.request(), Self.attributes) == .request(request))
        var typed = Self.attributes
        typed["Content-Type"] = "application/json; charset=utf-8"
        #expect(parse(RecordParserTests.request(), typed) == .request(request))
        #expect(parse(envelope(), Self.structured) == .request(request))
        // Structured mode may have the attributes as headers too (Kafka protocol binding § 3.3).
        #expect(
            parse(envelope(), Self.structured.merging(Self.attributes) { $1 }) == .request(request))
    }

    /// The text is Python's: base64.b64encode(…).
    @Test func dataMayBeInBase64() {
        let data =
            "eyJpZCI6InIxIiwia2luZCI6ImlucXVpcnkiLCJyZWZlcmVuY2UiOiJSIiwiY3JlZGl0b3IiOnsiY3ZyIjoiOTcyODE1MzYifSwiZGVj"
            + "ZWFzZWQiOnsiY3ByIjoiNjYwMTI1MDEwMCJ9LCJpbnF1aXJ5Ijp7ImxlZ2FsSW50ZXJlc3QiOiLDpiJ9fQ=="
        guard
            case .request(let request) = parse(
                envelope(["data": "", "data_base64": "\"\(data)\""]), Self.structured)
        else {
            Issue.record("not read")
            return
        }
        #expect(request.contents == FilingContents(body: .inquiry(legalInterest: "æ")))
        for wrong in ["e", "eyJ=", "====", "eyJp ZCI", " eyJpZCI", "eyJpZCI\\n", "ey-p", "e===", "eyJp\\n\\n\\n\\n"] {
            #expect(
                refusal(envelope(["data": "", "data_base64": "\"\(wrong)\""]), Self.structured).contains("data_base64"),
                "\(wrong)")
        }
        #expect(
            refusal(envelope(["data_base64": "\"\(data)\""]), Self.structured)
                == "malformed cloudevent.data: stands beside data_base64; give one of them")
    }

    @Test(arguments: [
        (["ce_id": ""], "malformed ce_id: missing"), (["ce_source": ""], "malformed ce_source: missing"),
        (["ce_type": ""], "malformed ce_type: missing"),
        (["ce_specversion": "0.3"], "malformed ce_specversion: must be 1.0"),
        (["content-type": "text/plain"], "malformed content-type: must be application/json"),
        (["content-type": "application/cloudevents-batch+json"], "malformed content-type: a batch of CloudEvents"),
    ]) func aBinaryEventNeedsItsAttributes(_ changes: [String: String], _ expected: String) {
        let headers = Self.attributes.merging(changes) { $1 }
        #expect(refusal(RecordParserTests.request(), headers).hasPrefix(expected))
    }

    @Test(arguments: [
        (["id": ""], "cloudevent.id: missing"), (["source": #""""#], "cloudevent.source: is empty"),
        (["type": "7"], "cloudevent.type: must be a string"), (["specversion": ""], "cloudevent.specversion: missing"),
        (["specversion": #""1.1""#], "cloudevent.specversion: must be 1.0"), (["data": ""], "cloudevent.data: missing"),
        (["data": "[]"], "the value is a JSON array, and must be an object"),
        (["datacontenttype": #""application/xml""#], "cloudevent.datacontenttype: must be application/json"),
    ]) func anEnvelopeNeedsItsAttributes(_ changes: [String: String], _ expected: String) {
        #expect(refusal(envelope(changes), Self.structured) == "malformed \(expected)")
    }

    @Test func headersThatOnlyCorrelateMakeNoEvent() {
        let plain = RecordParserTests.parse(RecordParserTests.request())
        #expect(parse(RecordParserTests.request(), ["ce_id": "4711", "content-type": "text/plain"]) == plain)
    }

    @Test func anEnvelopeWithoutItsContentTypeIsNoRequest() {
        #expect(refusal(envelope(), [:]) == "malformed kind: missing")
        #expect(refusal("7", Self.structured) == "malformed the CloudEvent is a JSON number, and must be an object")
    }
}
