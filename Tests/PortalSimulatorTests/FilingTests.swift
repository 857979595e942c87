import JSON
import Testing

@testable import PortalSimulator

@Suite("Filings are taken, shown, amended and withdrawn")
struct FilingTests {
    private static let bodies: [(collection: String, body: String)] = [
        ("krav", #""hovedstol":"1234.50","renter":"0.00","foreloebig":true,"pant":{"beskrivelse":"bil"},"tekst":"x""#),
        ("tilgodehavender", #""beloeb":"99.95""#),
        ("effektfortegnelser", #""effekter":[{"beskrivelse":"ur","anslaaetVaerdi":"500.00","placering":"boks"}]"#),
        ("forespoergsler", #""begrundelse":"regning""#),
    ]

    @Test(arguments: bodies)
    func eachKindIsFiledFoundAndShown(collection: String, body: String) throws {
        let creditor = try Creditor()
        let path = "/doedsbojournaler/\(creditor.estate())/\(collection)"
        let filing = #"{"kreditor":{"cvrNummer":"97281536","paaVegneAf":"12345678"},"reference":"R 1",\#(body)}"#
        let created = creditor.call("POST", path, filing, key: "a")
        #expect(created?.status == 201)
        let id = try #require(created?.json?["id"]?.string)
        let receipt = try #require(created?.json?["kvittering"]?["id"]?.string)
        #expect(created?.json?["kvittering"]?["modtaget"]?.string?.hasSuffix("Z") == true)

        let found = creditor.call("GET", path + "?reference=R%201&kreditor=97281536")?.json?.elements
        #expect(found?.count == 1)
        #expect(found?.first?["id"]?.string == id)
        let shown = creditor.call("GET", "\(path)/\(id)")?.json
        #expect(shown?["status"]?.string == "modtaget")
        #expect(shown?["kvittering"]?["id"]?.string == receipt)
        #expect(shown?["kreditor"]?["paaVegneAf"]?.string == "12345678")
        #expect(creditor.call("GET", path + "?reference=other&kreditor=97281536")?.text == "[]")
        #expect(creditor.call("GET", path)?.json?.elements?.count == 1)
    }

    @Test func anAmendmentReplacesTheContentsAndHasAReceiptOfItsOwn() throws {
        let creditor = try Creditor()
        let estate = creditor.estate()
        let created = creditor.submit("R1", estate: estate)?.json
        let path = "/doedsbojournaler/\(estate)/krav/\(created?["id"]?.string ?? "")"
        let amended = creditor.call("PUT", path, Creditor.claim("R1", "200.00"), key: "b")
        #expect(amended?.status == 200)
        #expect(amended?.json?["id"]?.string == created?["id"]?.string)
        #expect(amended?.json?["kvittering"]?["id"]?.string != created?["kvittering"]?["id"]?.string)
        #expect(creditor.lookUp("R1", estate: estate).first?["hovedstol"]?.string == "200.00")
        #expect(creditor.call("PUT", path, Creditor.claim("R2"))?.status == 422)
        #expect(creditor.simulator.audit().amends == 1)
    }

    @Test func aWithdrawnFilingIsGone() throws {
        let creditor = try Creditor()
        let estate = creditor.estate()
        let id = creditor.submit("R1", estate: estate)?.json?["id"]?.string ?? ""
        let path = "/doedsbojournaler/\(estate)/krav/\(id)"
        #expect(creditor.call("DELETE", path, key: "b")?.status == 200)
        #expect(creditor.call("DELETE", path, key: "b")?.status == 410)
        #expect(creditor.call("PUT", path, Creditor.claim("R1"))?.status == 410)
        #expect(creditor.lookUp("R1", estate: estate).first?["status"]?.string == "slettet")
        #expect(creditor.simulator.audit().withdrawals == 1)
        #expect(creditor.submit("R1", estate: estate)?.status == 201)
        #expect(creditor.simulator.audit().duplicates == 0)
    }

    @Test(arguments: [
        ("krav", "", "hovedstol"), ("krav", #""hovedstol":"-1.00""#, "hovedstol"),
        ("krav", #""hovedstol":"1.5""#, "hovedstol"), ("krav", #""hovedstol":1"#, "hovedstol"),
        ("krav", #""hovedstol":"1.00","pant":{}"#, "pant.beskrivelse"),
        ("krav", #""hovedstol":"1.00","beloeb":"1.00""#, "beloeb"),
        ("tilgodehavender", "", "beloeb"), ("effektfortegnelser", #""effekter":[]"#, "effekter"),
        ("effektfortegnelser", #""effekter":[{"placering":"x"}]"#, "effekter[0].beskrivelse"),
        ("forespoergsler", "", "begrundelse"),
    ])
    func aWrongShapeIsRefusedWithTheField(collection: String, fields: String, wrong: String) throws {
        let creditor = try Creditor()
        let rest = fields.isEmpty ? "" : "," + fields
        let answer = creditor.call(
            "POST", "/doedsbojournaler/\(creditor.estate())/\(collection)",
            #"{"kreditor":{"cvrNummer":"97281536"},"reference":"R1"\#(rest)}"#)
        #expect(answer?.status == 422)
        #expect(answer?.json?["felter"]?.elements?.map { $0["felt"]?.string } == [wrong])
        #expect(creditor.simulator.audit().filings == 0)
    }

    @Test func aFilingWithoutCreditorOrReferenceIsRefused() throws {
        let creditor = try Creditor()
        let answer = creditor.call("POST", "/doedsbojournaler/\(creditor.estate())/krav", #"{"hovedstol":"1.00"}"#)
        #expect(answer?.json?["felter"]?.elements?.count == 2)
    }

    @Test func whatDoesNotExistIsNotFound() throws {
        let creditor = try Creditor()
        let estate = creditor.estate()
        #expect(creditor.submit("R1", estate: "0000000000000000")?.status == 404)
        #expect(creditor.call("GET", "/doedsbojournaler/\(estate)/krav/F1")?.status == 404)
        #expect(creditor.call("POST", "/doedsbojournaler/\(estate)/andet", "{}")?.status == 404)
        #expect(creditor.call("PATCH", "/doedsbojournaler/\(estate)/krav", "{}")?.status == 405)
        #expect(creditor.submit("R1", estate: estate)?.status == 201)
        #expect(creditor.call("GET", "/doedsbojournaler/\(estate)/tilgodehavender/F1")?.status == 404)
        #expect(creditor.call("GET", "/doedsbojournaler/\(creditor.estate("6101905555"))/krav/F1")?.status == 404)
    }

    @Test func aClosedEstateTakesNothing() throws {
        let creditor = try Creditor { $0.anyEstate = false }
        let json = #"{"doedsbojournalId":"E1","afdoed":{"cprNummer":"6101901234"},"status":"afsluttet"}"#
        creditor.simulator.addEstate(try EstateRecord(parsing: Array(json.utf8)))
        #expect(creditor.submit("R1", estate: "E1")?.status == 410)
    }

    @Test func reservedNumbersRefuseFilingsOrLoseTheFirstAnswer() throws {
        let creditor = try Creditor()
        #expect(creditor.submit("R1", estate: creditor.estate("6101900003"))?.status == 422)
        let losing = creditor.estate("6101900004")
        #expect(creditor.submit("R2", estate: losing) == nil)
        #expect(creditor.lookUp("R2", estate: losing).count == 1)
        #expect(creditor.simulator.audit().filings == 1)
    }
}
