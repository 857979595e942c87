import JSON
import Testing

@testable import PortalSimulator

/// Estates and filings that change while the simulator runs.
@Suite struct FollowingTests {
    private func changed(_ creditor: Creditor, _ ids: [String], since: String = "2026-03-01T00:00:00Z") -> [JSONValue] {
        let list = ids.map { "\"\($0)\"" }.joined(separator: ",")
        let body = #"{"doedsbojournalIds":[\#(list)],"siden":"\#(since)"}"#
        return creditor.call("POST", "/doedsbojournaler/aendringer?page=1&size=10", body)?.json?.elements ?? []
    }

    @Test func aChangedEstateIsShownAndFoundAsItIsNow() throws {
        let creditor = try Creditor()
        let estate = creditor.estate()
        #expect(changed(creditor, [estate]).isEmpty)
        let patch = #"{"behandlingsform":"insolvent bo","proklama":{"dato":"2026-11-01"},"bobestyrer":"B"}"#
        #expect(creditor.call("PUT", "/_estates/\(estate)", patch)?.status == 204)
        let shown = try #require(changed(creditor, [estate]).first)
        #expect(shown["behandlingsform"]?.string == "insolvent bo")
        #expect(shown["proklama"]?["dato"]?.string == "2026-11-01")
        #expect(shown["bobestyrer"]?.string == "B")
        #expect(shown["status"]?.string == "aaben")
        #expect(creditor.search("6101901234")?.json?.elements?.first?["behandlingsform"]?.string == "insolvent bo")
        #expect(changed(creditor, [estate], since: "2999-01-01T00:00:00Z").isEmpty)
    }

    @Test func aClosedEstateTakesNothing() throws {
        let creditor = try Creditor()
        let estate = creditor.estate()
        #expect(creditor.simulator.changeEstate(estate, #"{"status":"afsluttet"}"#))
        #expect(creditor.submit("R1", estate: estate)?.status == 410)
        #expect(creditor.simulator.changeEstate(estate, #"{"status":"aaben"}"#))
        #expect(creditor.submit("R1", estate: estate)?.status == 201)
    }

    @Test func aFilingsStatusIsAChangeOfItsEstate() throws {
        let creditor = try Creditor()
        let estate = creditor.estate()
        let id = try #require(creditor.submit("R1", estate: estate)?.json?["id"]?.string)
        #expect(creditor.lookUp("R1", estate: estate).first?["status"]?.string == "modtaget")
        #expect(creditor.call("PUT", "/_filings/\(id)", #"{"status":"anerkendt"}"#)?.status == 204)
        #expect(creditor.lookUp("R1", estate: estate).first?["status"]?.string == "anerkendt")
        #expect(changed(creditor, [estate, "other"]).count == 1)
        let audit = creditor.simulator.audit()
        #expect((audit.estateChanges, audit.statusChanges) == (0, 1))
        let log = creditor.call("GET", "/_changes")
        #expect(log?.json?["filing"]?.string == id)
    }

    @Test func whatIsNotThereIsNotChanged() throws {
        let creditor = try Creditor()
        #expect(creditor.call("PUT", "/_estates/none", "{}")?.status == 404)
        #expect(creditor.call("PUT", "/_filings/F9", #"{"status":"x"}"#)?.status == 404)
        #expect(creditor.call("PUT", "/_estates/\(creditor.estate())", "[]")?.status == 400)
    }
}
