import Engine
import Estates
import JSON
import Kafka
import Testing

@testable import Worker

@Suite struct NotificationTests {
    private func parse(_ value: String, isProduction: Bool = false) -> ParsedRecord {
        RecordParserTests.parse(value, topic: .deathNotifications, isProduction: isProduction)
    }

    private func notification(_ value: String) throws -> DeathNotification {
        guard case .notification(let notification) = parse(value) else { throw Refusal.missing("notification") }
        return notification
    }

    @Test(arguments: [
        ("2026-09-14", "2026-09-14"), ("2026-09", "2026-09-30"), ("2024-02", "2024-02-29"), ("2026", "2026-12-31"),
        ("2022-10-04", "2022-10-04"), ("2022", "2022-12-31"),
    ])
    func aDateOfDeathMayBeKnownInPart(_ text: String, _ latest: String) throws {
        let value = #"{"id":"d","cpr":"6601250100","dateOfDeath":"\#(text)"}"#
        #expect(try notification(value).diedOn == CalendarDate(latest))
    }

    @Test func aDateOfDeathMayBeMissing() throws {
        #expect(try notification(#"{"id":"d","cpr":"6601250100"}"#).diedOn == nil)
    }

    @Test(arguments: [
        ("2022-10-03", FailureReason.diedBeforePortal), ("2022-09", .diedBeforePortal), ("2021", .diedBeforePortal),
        ("2022-02-30", .malformed), ("last week", .malformed), ("2022-1", .malformed),
    ])
    func aDeathBeforeThePortalOrOnNoDayIsRefused(_ text: String, _ reason: FailureReason) {
        guard case .rejected(let failure) = parse(#"{"id":"d","cpr":"6601250100","dateOfDeath":"\#(text)"}"#) else {
            Issue.record("it was let in")
            return
        }
        #expect(failure.reason == reason)
    }

    @Test func aFormerNumberIsRead() throws {
        let value = #"{"id":"d","cpr":"6601250100","previousCpr":"660125-0101"}"#
        #expect(try notification(value).previous == CPRNumber("6601250101"))
        guard case .rejected(let failure) = parse(#"{"id":"d","cpr":"6601250100","previousCpr":"SECRET"}"#) else {
            Issue.record("it was let in")
            return
        }
        #expect(failure.reason == .invalidCPR)
        #expect(failure.message.hasPrefix("previousCpr:"))
    }

    @Test(arguments: ["cpr", "previousCpr"])
    func productionRefusesASubstituteNumber(_ field: String) {
        let other = field == "cpr" ? "previousCpr" : "cpr"
        guard
            case .rejected(let failure) = parse(
                #"{"id":"d","\#(field)":"6601250100","\#(other)":"0101800001"}"#, isProduction: true)
        else {
            Issue.record("it was let in")
            return
        }
        #expect(failure.reason == .substituteCPR)
        #expect(failure.message.hasPrefix("\(field):"))
    }

    @Test func aCorrectionsReplyHasTheRequestThatWithdrawsAndNamesNobody() throws {
        guard let cvr = CVRNumber("97281536"), let other = CVRNumber("10150817") else { return }
        let identity = FilingIdentity(
            creditor: Creditor(cvr: cvr, onBehalfOf: other), kind: .claim, reference: "R/1")
        let filed = Filed(
            estate: EstateID("E1"), filing: FilingID("F1"), receipt: Receipt(id: "K1", receivedAt: "then"),
            digest: ContentsDigest(high: 1, low: 2), revision: 1, isWithdrawn: false)
        let record = OriginalRecord(
            source: Source(topic: .deathNotifications, partition: 0, offset: 7), timestamp: 0, key: [1], value: nil,
            headers: [])
        let notification = try notification(#"{"id":"d7","cpr":"6601250100","withdrawn":true}"#)
        let reply = EstateReply(
            record: record, notification: notification,
            outcome: .withdrawn([FilingToWithdraw(identity: identity, filed: filed)]),
            settledAt: Timestamp(milliseconds: 0))
        let encoder = OutcomeEncoder(topics: try settings().topics, groupID: "g", worker: "w")
        let value = try #require(encoder.record(.estateReply(reply)).value)
        let root = try JSONDocument.parse(value)
        #expect(root["outcome"]?.string == "withdrawn")
        let filing = try #require(root["filings"]?.elements?.first)
        #expect(filing["state"]?.string == "filed")
        #expect(filing["filingId"]?.string == "F1")
        let withdraw = try #require(filing["withdraw"])
        #expect(withdraw["action"]?.string == "withdraw")
        #expect(withdraw["creditor"]?["onBehalfOf"]?.string == "10150817")
        #expect(!String(decoding: value, as: UTF8.self).contains("660125"))
        // With the deceased added, as the documents say, it is a request that withdraws that filing.
        var text = "{\"deceased\":{\"cpr\":\"6601250100\"}"
        for (name, member) in withdraw.members ?? [] {
            text +=
                ",\"\(name)\":" + (member.string.map { "\"\($0)\"" } ?? #"{"cvr":"97281536","onBehalfOf":"10150817"}"#)
        }
        guard case .request(let request) = RecordParserTests.parse(text + "}") else {
            Issue.record("it is no request")
            return
        }
        #expect(request.action == .withdraw)
        #expect(request.identity == identity)
    }

    private func settings() throws -> WorkerSettings {
        try WorkerSettings.load(
            file: nil, environment: [:],
            overrides: [
                "kafka.bootstrap.servers=x:1", "portal.environment=simulator", "portal.url=http://x",
                "portal.token.auth=none",
            ])
    }
}
