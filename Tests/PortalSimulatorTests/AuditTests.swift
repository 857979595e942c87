import JSON
import Testing

@testable import PortalSimulator

@Suite("The audit shows every filing that came twice")
struct AuditTests {
    @Test func theSameFilingTwiceIsADuplicate() throws {
        let creditor = try Creditor()
        let estate = creditor.estate()
        #expect(creditor.submit("R1", estate: estate, key: "a")?.status == 201)
        #expect(creditor.submit("R1", estate: estate, key: "b")?.status == 201)
        #expect(creditor.submit("R1", estate: estate, key: "b")?.status == 201)
        #expect(creditor.submit("R2", estate: estate, key: "c")?.status == 201)
        let audit = creditor.simulator.audit()
        #expect(audit.filings == 4)
        #expect(audit.identities == 2)
        #expect(audit.duplicates == 2)
        #expect(audit.calls["submit"] == ["201": 4])
    }

    @Test func onBehalfOfAnotherIsAnotherIdentity() throws {
        let creditor = try Creditor()
        let path = "/doedsbojournaler/\(creditor.estate())/krav"
        for agency in ["12345678", "87654321"] {
            _ = creditor.call(
                "POST", path,
                #"{"kreditor":{"cvrNummer":"97281536","paaVegneAf":"\#(agency)"},"reference":"R","hovedstol":"1.00"}"#)
        }
        #expect(creditor.simulator.audit().identities == 2)
        #expect(creditor.simulator.audit().duplicates == 0)
        #expect(creditor.call("GET", path + "?reference=R&kreditor=97281536")?.json?.elements?.count == 2)
    }

    @Test func aReferenceWithOtherContentsIsAConflict() throws {
        let creditor = try Creditor()
        let estate = creditor.estate()
        _ = creditor.submit("R1", estate: estate)
        #expect(creditor.submit("R1", estate: estate, principal: "7.00")?.status == 409)
    }

    @Test func strictReferencesRefuseTheSecondFiling() throws {
        let creditor = try Creditor { $0.refusesKnownReferences = true }
        let estate = creditor.estate()
        _ = creditor.submit("R1", estate: estate, key: "a")
        #expect(creditor.submit("R1", estate: estate, key: "b")?.status == 409)
        #expect(creditor.simulator.audit().duplicates == 0)
    }

    @Test func withIdempotencyTheSameKeyGetsTheFirstAnswer() throws {
        let creditor = try Creditor { $0.keepsIdempotencyKeys = true }
        let estate = creditor.estate()
        let first = creditor.submit("R1", estate: estate, key: "a")
        #expect(creditor.submit("R1", estate: estate, key: "a")?.text == first?.text)
        #expect(creditor.submit("R2", estate: estate, key: "a")?.status == 422)
        let path = "/doedsbojournaler/\(estate)/krav/F1"
        let gone = creditor.call("DELETE", path, key: "d")
        #expect(creditor.call("DELETE", path, key: "d")?.text == gone?.text)
        #expect(creditor.simulator.audit().filings == 1)

        #expect(creditor.call("PUT", "/_idempotency", "off")?.status == 204)
        #expect(creditor.call("DELETE", path, key: "d")?.status == 410)
    }

    @Test func theFullAuditListsEveryEventOfAnIdentity() throws {
        let creditor = try Creditor()
        let estate = creditor.estate()
        _ = creditor.submit(#"R\"1"#, estate: estate, key: "a")
        _ = creditor.submit("R2", estate: estate, key: "b")
        _ = creditor.call("PUT", "/doedsbojournaler/\(estate)/krav/F1", Creditor.claim("R2"), key: "c")
        let id = try #require(creditor.lookUp("R2", estate: estate).first?["id"]?.string)
        _ = creditor.call("PUT", "/doedsbojournaler/\(estate)/krav/\(id)", Creditor.claim("R2", "5.00"), key: "d")
        _ = creditor.call("DELETE", "/doedsbojournaler/\(estate)/krav/\(id)", key: "e")

        let line = try #require(creditor.simulator.auditLines().first { $0.contains("\"R2\"") })
        let events = try JSONDocument.parse(Array(line.utf8))["events"]?.elements ?? []
        #expect(events.map { $0["event"]?.string } == ["create", "amend", "withdraw"])
        #expect(events.map { $0["idempotencyKey"]?.string } == ["b", "d", "e"])
        #expect(line.contains("\"active\":0"))
    }

    @Test func theAuditIsServedAsNumbersInFullAndAsLines() throws {
        let creditor = try Creditor()
        let estate = creditor.estate()
        for number in 0..<450 { _ = creditor.submit("R\(number)", estate: estate) }
        #expect(creditor.call("GET", "/_audit")?.json?["filings"]?.integer == 450)
        let full = HTTPClient(port: creditor.simulator.port).sendUnchunked("/_audit?full=1")
        #expect((try JSONDocument.parse(Array(full.utf8)))["detail"]?.elements?.count == 450)
        let lines = HTTPClient(port: creditor.simulator.port).sendUnchunked("/_audit?format=jsonl").split(
            separator: "\n")
        #expect(lines.count == 450)
        for line in lines { _ = try JSONDocument.parse(Array(line.utf8)) }
        #expect(!full.contains("6101901234"))
    }

    @Test func aResetForgetsFilingsAndCounts() throws {
        let creditor = try Creditor()
        let estate = creditor.estate()
        _ = creditor.submit("R1", estate: estate)
        #expect(creditor.call("POST", "/_reset")?.status == 204)
        #expect(creditor.simulator.audit().filings == 0)
        #expect(creditor.simulator.audit().calls.isEmpty)
        #expect(creditor.lookUp("R1", estate: estate).isEmpty)
        #expect(HTTPClient(port: creditor.simulator.port).sendUnchunked("/_audit?format=jsonl").isEmpty)
    }
}

extension HTTPClient {
    /// The body of a GET in HTTP/1.0, where a stream ends with the connection and comes in no chunks.
    fileprivate func sendUnchunked(_ path: String) -> String {
        begin("GET", path, version: "1.0").finish()?.text ?? ""
    }
}
