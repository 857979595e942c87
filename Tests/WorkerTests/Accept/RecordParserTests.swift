import Engine
import Estates
import Testing

@testable import Worker

@Suite struct RecordParserTests {
    /// A request that can be read, with parts replaced.
    static func request(_ changes: [String: String] = [:]) -> String {
        var members = [
            "id": #""r1""#, "kind": #""claim""#, "reference": #""INV-1""#, "creditor": #"{"cvr":"97281536"}"#,
            "deceased": #"{"cpr":"6601250100","dateOfDeath":"2026-09-14"}"#, "claim": #"{"principal":"10.00"}"#,
        ]
        for (name, value) in changes { members[name] = value.isEmpty ? nil : value }
        return "{" + members.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",") + "}"
    }

    static func parse(
        _ value: String?, key: String? = "k", topic: InputTopic = .claimRequests, isProduction: Bool = false
    ) -> ParsedRecord {
        RecordParser(isProduction: isProduction).parse(
            OriginalRecord(
                source: Source(topic: topic, partition: 0, offset: 0), timestamp: 0, key: key.map { Array($0.utf8) },
                value: value.map { Array($0.utf8) }, headers: []))
    }

    private func refusal(_ parsed: ParsedRecord) -> Failure? {
        if case .rejected(let failure) = parsed { failure } else { nil }
    }

    @Test(arguments: [
        (["claim": ""], FailureReason.malformed, "claim: missing"),
        (["claim": "7"], .malformed, "claim: must be an object"),
        (["claim": #"{"principal":12.5}"#], .malformed, "claim.principal: must be a string with kroner"),
        (["claim": #"{"principal":"12,5"}"#], .malformed, "claim.principal: must be a string with kroner"),
        (
            ["claim": #"{"principal":"1","preliminary":"SECRET"}"#], .malformed,
            "claim.preliminary: must be true or false"
        ),
        (["id": ""], .malformed, "id: missing"), (["id": #""""#], .malformed, "id: is empty"),
        (["id": "5"], .malformed, "id: must be a string"), (["kind": ""], .malformed, "kind: missing"),
        (["kind": #""SECRET""#], .malformed, "kind: must be one of claim, receivable, inventory, inquiry"),
        (["action": #""SECRET""#], .malformed, "action: must be one of submit, amend, withdraw"),
        (["reference": ""], .malformed, "reference: missing"), (["creditor": ""], .malformed, "creditor: missing"),
        (["creditor": #"{"cvr":"SECRET"}"#], .malformed, "creditor.cvr: must be eight digits"),
        (
            ["creditor": #"{"cvr":"97281536","onBehalfOf":"SECRET"}"#], .malformed,
            "creditor.onBehalfOf: must be eight digits"
        ),
        (["deceased": ""], .malformed, "deceased: missing"), (["deceased": "{}"], .malformed, "deceased.cpr: missing"),
        (["deceased": #"{"cpr":"SECRET"}"#], .invalidCPR, "deceased.cpr: must be DDMMYYNNNN"),
        (["deceased": #"{"cpr":"6132500300"}"#], .invalidCPR, "deceased.cpr: must be DDMMYYNNNN"),
        (["deceased": #"{"name":"SECRET"}"#], .malformed, "deceased.address: missing"),
        (
            ["deceased": #"{"cpr":"6601250100","dateOfDeath":"SECRET"}"#], .malformed,
            "deceased.dateOfDeath: must be YYYY-MM-DD"
        ),
        (["deceased": #"{"cpr":"6601250100","dateOfDeath":"2022-09"}"#], .diedBeforePortal, "before 2022-10-04"),
        (["attachments": #"[{"name":"SECRET"}]"#], .malformed, "attachments[0].mediaType: missing"),
        (["kind": #""inventory""#, "inventory": #"{"items":[]}"#], .malformed, "inventory.items: is empty"),
        (
            ["kind": #""inventory""#, "inventory": #"{"items":["SECRET"]}"#], .malformed,
            "inventory.items[0]: must be an object"
        ),
        (["kind": #""inquiry""#, "inquiry": "{}"], .malformed, "inquiry.legalInterest: missing"),
        (["kind": #""receivable""#, "receivable": "{}"], .malformed, "receivable.amount: missing"),
        (["text": "{}"], .malformed, "text: must be a string"),
    ])
    func refusalsSayWhereAndNeverQuote(_ changes: [String: String], _ reason: FailureReason, _ message: String) throws {
        let failure = try #require(refusal(RecordParserTests.parse(RecordParserTests.request(changes))))
        #expect(failure.reason == reason)
        #expect(failure.stage == .parse)
        #expect(failure.message.contains(message), "\(failure.message)")
        #expect(!failure.message.contains("SECRET"))
        #expect(PersonalData.masked(failure.message) == failure.message)
    }

    @Test(arguments: [
        (nil, "null"), ("", "empty"), ("{\"id\": \"cut", "ends too early"), ("[]", "JSON array"),
        ("\"text\"", "JSON string"),
        ("{\"id\":\"\u{1}\"}", "not JSON"), ("{\"a\":1,\"a\":2}", "twice"),
    ])
    func whatIsNoObjectIsMalformed(_ value: String?, _ message: String) throws {
        let failure = try #require(refusal(RecordParserTests.parse(value)))
        #expect(failure.reason == .malformed)
        #expect(failure.message.contains(message), "\(failure.message)")
    }

    @Test func deepNestingIsMalformedAndHarmless() throws {
        let failure = try #require(refusal(RecordParserTests.parse(String(repeating: "[", count: 100_000))))
        #expect(failure.reason == .malformed)
    }

    @Test func aRecordWithoutAKeyIsMalformed() {
        #expect(refusal(RecordParserTests.parse(RecordParserTests.request(), key: nil))?.reason == .malformed)
    }

    @Test func productionRefusesTestNumbers() {
        let substitute = RecordParserTests.parse(
            RecordParserTests.request(["creditor": #"{"cvr":"10150817"}"#]), isProduction: true)
        #expect(refusal(substitute)?.reason == .substituteCPR)
        #expect(refusal(RecordParserTests.parse(RecordParserTests.request(), isProduction: true))?.reason == .malformed)
        #expect(refusal(RecordParserTests.parse(RecordParserTests.request())) == nil)
    }

    @Test func unknownFieldsAndSpellingMakeNoDifferenceToTheDigest() throws {
        func digest(_ text: String) throws -> ContentsDigest {
            guard case .request(let request) = RecordParserTests.parse(text) else { throw Refusal.missing("request") }
            return request.digest
        }
        let plain = try digest(RecordParserTests.request())
        #expect(try digest(RecordParserTests.request(["id": #""other""#, "whatever": "[1]"])) == plain)
        #expect(try digest(RecordParserTests.request(["claim": #"{ "principal" : "10" }"#])) == plain)
        #expect(try digest(RecordParserTests.request(["claim": #"{"principal":"10.01"}"#])) != plain)
        #expect(try digest(RecordParserTests.request(["text": #""more""#])) != plain)
    }

    @Test func notificationsNeedOnlyThePerson() throws {
        let value = #"{"id":"d1","name":"N","address":{"street":"S","houseNumber":"1","postalCode":"9999","city":"C"}}"#
        guard case .notification(let notification) = RecordParserTests.parse(value, topic: .deathNotifications) else {
            Issue.record("it was refused")
            return
        }
        #expect(!notification.isWithdrawn)
        #expect(
            refusal(RecordParserTests.parse(#"{"id":"d"}"#, topic: .deathNotifications))?.message
                == "cpr: missing; give it, or name and address")
    }
}
