import Estates
import JSON
import Kafka
import Testing

@testable import Engine
@testable import Worker

/// What a shadow answers says of itself that nothing was sent.
@Suite struct ShadowReplyTests {
    private func encoder(_ mode: FilingMode, _ form: CloudEventsMode = .none) throws -> OutcomeEncoder {
        OutcomeEncoder(
            topics: try SettingsTests.load(SettingsTests.enough + ["mode=\(mode.rawValue)"]).topics, groupID: "g",
            mode: mode, worker: "w", cloudEvents: form, cloudEventsSource: "/s")
    }

    private let record = OriginalRecord(
        source: Source(topic: .claimRequests, partition: 4, offset: 17), timestamp: 99, key: [7], value: [], headers: []
    )

    private func reply(_ filed: Filed?, _ outcome: ClaimReply.Outcome) throws -> Outcome {
        let identity = FilingIdentity(
            creditor: Creditor(cvr: try #require(CVRNumber("97281536"))), kind: .claim, reference: "R-1")
        let request = ClaimRequest(
            id: "r", action: .submit, identity: identity, deceased: .cpr(try #require(CPRNumber("6601250100"))),
            contents: nil, digest: ContentsDigest(high: 1, low: 1))
        return .claimReply(
            ClaimReply(
                record: record, request: request, outcome: outcome, filed: filed, notice: nil, attempts: 1,
                settledAt: Timestamp(milliseconds: 0)))
    }

    private func filed(_ filing: String, _ receipt: String) -> Filed {
        Filed(
            estate: EstateID("E1"), filing: FilingID(filing), receipt: Receipt(id: receipt, receivedAt: receipt),
            digest: ContentsDigest(high: 1, low: 1), revision: 1, isWithdrawn: false)
    }

    private func document(_ record: OutgoingRecord) throws -> JSONValue {
        try JSONDocument.parse(try #require(record.value))
    }

    @Test func whatWasRehearsedHasNoReceiptAndSaysShadow() throws {
        let record = try encoder(.shadow).record(reply(filed("", ""), .wouldFile))
        #expect(record.topic == "estate.claim-replies.shadow")
        let root = try document(record)
        #expect(root["shadow"]?.boolean == true)
        #expect(root["outcome"]?.string == "would-file")
        #expect(root["estateId"]?.string == "E1")
        #expect(root["filingId"] == nil && root["receipt"] == nil)
    }

    @Test func whatThePortalHasKeepsItsReceiptInAShadow() throws {
        let root = try document(encoder(.shadow).record(reply(filed("F1", "K1"), .alreadyFiled)))
        #expect(root["shadow"]?.boolean == true)
        #expect(root["filingId"]?.string == "F1")
        #expect(root["receipt"]?["id"]?.string == "K1")
    }

    @Test func anAnswerOfAWorkerThatFilesIsAsItWas() throws {
        let root = try document(encoder(.live).record(reply(filed("F1", "K1"), .filed)))
        #expect(root["shadow"] == nil)
    }

    @Test func eventsOfAShadowHaveTypesOfTheirOwn() throws {
        let event = try encoder(.shadow, .binary).record(reply(filed("", ""), .wouldFile))
        #expect(event.headers.first { $0.name == "ce_type" }?.text == "dk.proklama.shadow.claim-reply.v1")
    }

    @Test func aDeadLetterOfAShadowSaysSo() throws {
        for mode in FilingMode.allCases {
            let letter = try encoder(mode).record(
                .deadLetter(
                    DeadLetter(
                        record: record, failure: Failure(.malformed, stage: .parse, message: "m"),
                        at: Timestamp(milliseconds: 0), attempts: 0)))
            #expect(letter.headers.contains { $0.name == "proklama.mode" } == (mode == .shadow))
        }
    }
}
