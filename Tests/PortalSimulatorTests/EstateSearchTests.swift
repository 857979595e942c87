import JSON
import Testing

@testable import PortalSimulator

@Suite("Estates are found as the contract says")
struct EstateSearchTests {
    @Test func anEstateIsFoundByCPRNumberWithOrWithoutHyphen() throws {
        let creditor = try Creditor()
        let answer = creditor.search("610190-1234")
        #expect(answer?.status == 200)
        #expect(answer?.header("X-Total-Count") == "1")
        #expect(answer?.json?.elements?.first?["afdoed"]?["cprNummer"]?.string == "6101901234")
        #expect(creditor.estate("6101901234") == creditor.estate("610190-1234"))
    }

    @Test func anEstateIsFoundByNameAndAddress() throws {
        let creditor = try Creditor()
        let answer = creditor.call(
            "POST", "/doedsbojournaler",
            #"{"navn":"Ane Prøve","adresse":{"vejnavn":"Vej","husnummer":"1","postnummer":"9999","by":"By"}}"#)
        #expect(answer?.json?.elements?.first?["afdoed"]?["navn"]?.string == "Ane Prøve")
    }

    @Test func aRealCPRNumberIsRefused() throws {
        let answer = try Creditor().search("0101901234")
        #expect(answer?.status == 422)
        #expect(answer?.json?["felter"]?.elements?.first?["felt"]?.string == "cprNummer")
    }

    @Test(arguments: ["{}", "{\"cprNummer\":\"12\"}", "{\"navn\":\"Ane\"}"])
    func aQueryWithoutAPersonIsRefused(body: String) throws {
        #expect(try Creditor().call("POST", "/doedsbojournaler", body)?.status == 422)
    }

    @Test func whatIsNoJSONIsRefused() throws {
        #expect(try Creditor().call("POST", "/doedsbojournaler", "nonsense")?.status == 400)
    }

    @Test func reservedNumbersHaveNoneOrTwoEstates() throws {
        let creditor = try Creditor()
        #expect(creditor.search("6101900000")?.header("X-Total-Count") == "0")
        #expect(creditor.search("6101900001")?.json?.elements?.count == 2)
    }

    @Test func pagesBeginWithOneAndTheTotalIsOfAll() throws {
        let creditor = try Creditor()
        let first = creditor.search("6101900001", query: "?page=1&size=1")
        let second = creditor.search("6101900001", query: "?page=2&size=1")
        let third = creditor.search("6101900001", query: "?page=3&size=1")
        #expect(first?.json?.elements?.count == 1)
        #expect(second?.json?.elements?.count == 1)
        #expect(first?.text != second?.text)
        #expect(third?.text == "[]")
        #expect(third?.header("X-Total-Count") == "2")
        #expect(creditor.search("6101900001", query: "?page=0")?.status == 400)
        #expect(creditor.search("6101900001", query: "?size=x")?.status == 400)
    }

    @Test func aLateEstateIsFoundTenSecondsAfterTheFirstSearch() throws {
        var directory = EstateDirectory(makesUpEstates: true)
        let person = PersonQuery(person: .cpr("6101900002"), name: nil)
        #expect(directory.search(person, now: 1000).isEmpty)
        #expect(directory.search(person, now: 10_999).isEmpty)
        #expect(directory.search(person, now: 11_000).count == 1)
    }

    @Test func anEstateIsUnknownUntilItIsAvailable() throws {
        var directory = EstateDirectory(makesUpEstates: false)
        directory.add(try EstateRecord(id: "E1", cpr: "6101901234", availableAfter: .seconds(30)), now: 0)
        let json =
            #"{"doedsbojournalId":"E2","afdoed":{"cprNummer":"6101905678"},"tilgaengeligFra":"1970-01-01T01:01:00+01:00"}"#
        directory.add(try EstateRecord(parsing: Array(json.utf8)), now: 0)
        let first = PersonQuery(person: .cpr("6101901234"), name: nil)
        let second = PersonQuery(person: .cpr("6101905678"), name: nil)
        #expect(directory.search(first, now: 29_999).isEmpty)
        #expect(directory.search(first, now: 30_000).count == 1)
        #expect(directory.search(second, now: 59_999).isEmpty)
        let found = directory.search(second, now: 60_000)
        #expect(found.count == 1)
        #expect(!String(decoding: found[0], as: UTF8.self).contains("tilgaengeligFra"))
        guard case .unknown = directory.standing(of: "E1", now: 0) else {
            Issue.record("a filing meets an estate that is not there yet")
            return
        }
    }

    @Test func onlyEstatesThatChangedSinceAreListed() throws {
        let creditor = try Creditor { $0.anyEstate = false }
        for (id, time) in [("E1", "2026-01-01T00:00:00Z"), ("E2", "2026-03-01T00:00:00Z")] {
            let json = #"{"doedsbojournalId":"\#(id)","afdoed":{"cprNummer":"6101901234"},"aendret":"\#(time)"}"#
            creditor.simulator.addEstate(try EstateRecord(parsing: Array(json.utf8)))
        }
        let body = #"{"doedsbojournalIds":["E1","E2","E3"],"siden":"2026-02-01T00:00:00Z"}"#
        let answer = creditor.call("POST", "/doedsbojournaler/aendringer?page=1&size=10", body)
        #expect(answer?.header("X-Total-Count") == "1")
        #expect(answer?.json?.elements?.first?["doedsbojournalId"]?.string == "E2")
        #expect(creditor.call("POST", "/doedsbojournaler/aendringer", "{}")?.status == 422)
    }

    @Test func theSearchesAreCounted() throws {
        let creditor = try Creditor()
        _ = creditor.search("6101901234")
        _ = creditor.search("6101901234")
        #expect(creditor.simulator.audit().searches == 2)
    }
}
