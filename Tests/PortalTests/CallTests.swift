import Estates
import Portal
import Testing

/// The five calls as they look on the wire, and their answers.
@Suite(.serialized) struct CallTests {
    @Test func aSubmissionCarriesWhatTheContractSays() throws {
        let server = ScriptedServer { _ in .receipt }
        defer { server.stop() }
        let answer = try Harness(server).call(.submit).get()
        #expect(answer == .receipt(FilingID("F-1"), Receipt(id: "K-1", receivedAt: "2026-11-24T10:00:00.000Z")))
        let request = try #require(server.requests.first)
        #expect(request.method == "POST")
        #expect(request.target == "/doedsbojournaler/D-1/krav")
        #expect(request.headers["idempotency-key"] == "key-1")
        #expect(request.headers["content-type"] == "application/json")
        #expect(request.headers["expect"] == nil)
        #expect(
            request.body == #"{"kreditor":{"cvrNummer":"97281536"},"reference":"R-1","tekst":"tekst","#
                + #""hovedstol":"1234.50","foreloebig":true}"#)
    }

    @Test func amendAndWithdrawNameTheFiling() throws {
        let server = ScriptedServer { _ in .receipt }
        defer { server.stop() }
        let harness = try Harness(server)
        #expect(throws: Never.self) { try harness.call(.amend).get() }
        #expect(throws: Never.self) { try harness.call(.withdraw).get() }
        #expect(throws: Never.self) { try harness.call(.submit).get() }
        #expect(server.requests.map(\.method) == ["PUT", "DELETE", "POST"])
        #expect(server.requests[1].target == "/doedsbojournaler/D-1/krav/F-1")
        #expect(server.requests.map { $0.headers["idempotency-key"] } == ["key-2", "key-3", "key-1"])
        #expect(server.requests[1].body.isEmpty)
    }

    @Test func connectionsAreKept() throws {
        let server = ScriptedServer { _ in .oneEstate }
        defer { server.stop() }
        let harness = try Harness(server)
        for _ in 0..<20 { _ = harness.call(.search) }
        #expect(server.connections == 1)
        #expect(harness.client.statistics.connectionsOpened == 1)
        #expect(harness.client.statistics[.search][.answered] == 20)
        #expect(harness.client.statistics[.search].byLatency.reduce(0, +) == 20)
    }

    @Test func allPagesOfASearchAreRead() throws {
        let server = ScriptedServer { request in
            let page = request.number
            let items = (page == 3 ? 1...1 : 1...2).map { #"{"doedsbojournalId":"D-\#(page)-\#($0)"}"# }
            return .json(200, "[\(items.joined(separator: ","))]", ["X-Total-Count: 5"])
        }
        defer { server.stop() }
        let harness = try Harness(server) { $0.pageSize = 2 }
        guard case .estates(let estates) = try harness.call(.search).get() else { return }
        #expect(estates.map(\.id.text) == ["D-1-1", "D-1-2", "D-2-1", "D-2-2", "D-3-1"])
        #expect(
            server.requests.map(\.target)
                == (1...3).map { "/doedsbojournaler?page=\($0)&size=2&sort=doedsbojournalId&direction=ASC" })
    }

    @Test func withoutACountAPageThatIsNotFullIsTheLast() throws {
        let server = ScriptedServer { request in
            .json(200, request.number == 1 ? #"[{"doedsbojournalId":"D-1"},{"doedsbojournalId":"D-2"}]"# : "[]")
        }
        defer { server.stop() }
        guard case .estates(let estates) = try Harness(server, change: { $0.pageSize = 2 }).call(.search).get() else {
            return
        }
        #expect(estates.count == 2)
        #expect(server.requests.count == 2)
    }

    @Test(arguments: [
        Reply.json(200, "[]", ["X-Total-Count: 1"]),
        .json(200, #"[{"doedsbojournalId":"D-1"}]"#, ["X-Total-Count: 9"]),
        .json(200, #"[{"doedsbojournalId":"D-1"}]"#, ["X-Total-Count: many"]),
        .json(200, #"[{"doedsbojournalId":""}]"#), .json(200, #"{"doedsbojournalId":"D-1"}"#),
    ])
    func aSearchFailsRatherThanAnswerWithAPart(reply: Reply) throws {
        let server = ScriptedServer { _ in reply }
        defer { server.stop() }
        #expect(try Harness(server).failure(.search)?.cause == .unexpectedBody)
    }

    @Test func anEstateIsReadAndUnknownFieldsAreIgnored() throws {
        let server = ScriptedServer { _ in
            .json(
                200,
                #"[{"doedsbojournalId":"D-1","afdoed":{"navn":"x","doedsdato":"2026-01-02"},"#
                    + #""retskreds":{"kode":"01","navn":"Aarhus"},"status":"aaben","behandlingsform":"privat","#
                    + #""proklama":{"dato":"2026-02-03"},"ukendt":[1]}]"#)
        }
        defer { server.stop() }
        let estate = Estate(
            id: EstateID("D-1"), court: Court(code: "01", name: "Aarhus"), status: "aaben", treatment: "privat",
            noticeDate: CalendarDate("2026-02-03"), dateOfDeath: CalendarDate("2026-01-02"))
        #expect(try Harness(server).call(.search).get() == .estates([estate]))
    }

    @Test func aLookUpTakesOnlyOurOwnFilings() throws {
        @Sendable func filing(_ id: String, _ reference: String, _ creditor: String, _ status: String = "modtaget")
            -> String
        {
            #"{"id":"\#(id)","reference":"\#(reference)","kreditor":\#(creditor),"status":"\#(status)","#
                + #""kvittering":{"id":"K","modtaget":"T"}}"#
        }
        let ours = #"{"cvrNummer":"97281536"}"#
        let server = ScriptedServer { _ in
            let filings = [
                filing("1", "R/1 æ", ours), filing("2", "R/2", ours),
                filing("3", "R/1 æ", #"{"cvrNummer":"12345678"}"#),
                filing("4", "R/1 æ", #"{"cvrNummer":"97281536","paaVegneAf":"12345678"}"#),
                filing("5", "R/1 æ", ours, "slettet"),
            ]
            return .json(200, "[\(filings.joined(separator: ","))]")
        }
        defer { server.stop() }
        let call = PortalCall.lookUp(EstateID("D/../1"), PortalCall.identity("R/1 æ"))
        let receipt = Receipt(id: "K", receivedAt: "T")
        #expect(
            try Harness(server).call(call).get()
                == .filings([
                    FiledRecord(id: FilingID("1"), receipt: receipt, isWithdrawn: false, status: "modtaget"),
                    FiledRecord(id: FilingID("5"), receipt: receipt, isWithdrawn: true, status: "slettet"),
                ]))
        #expect(
            server.requests.first?.target
                == "/doedsbojournaler/D%2F..%2F1/krav?reference=R%2F1%20%C3%A6&kreditor=97281536")
        #expect(server.requests.first?.method == "GET")
    }

    @Test(arguments: [
        #"[{"id":"1","kreditor":{"cvrNummer":"97281536"},"status":"x","kvittering":{"id":"K","modtaget":"T"}}]"#,
        #"[{"id":"1","reference":"R-1","kreditor":{"cvrNummer":"97281536"},"kvittering":{"id":"K","modtaget":"T"}}]"#,
        #"[{"id":"1","reference":"R-1","kreditor":{"cvrNummer":"97281536"},"status":"x"}]"#,
    ])
    func aLookUpThatLacksAFieldConcludesNothing(body: String) throws {
        let server = ScriptedServer { _ in .json(200, body) }
        defer { server.stop() }
        #expect(try Harness(server).failure(.lookUp)?.cause == .unexpectedBody)
    }

    @Test func aLookUpThatIsOnlyAPartConcludesNothing() throws {
        let server = ScriptedServer { _ in .json(200, "[]", ["X-Total-Count: 1"]) }
        defer { server.stop() }
        #expect(try Harness(server).failure(.lookUp)?.cause == .unexpectedBody)
    }

    @Test func threeHundredCallsAtOnceAreAllAnswered() throws {
        let server = ScriptedServer { request in
            var reply = request.target.hasPrefix("/doedsbojournaler?") ? Reply.oneEstate : .receipt
            reply.delay = 20
            return reply
        }
        defer { server.stop() }
        let harness = try Harness(server) { $0.maximumInFlight = 300 }
        for round in 1...2 {
            var answered = 0
            for index in 0..<300 {
                let call = index.isMultiple(of: 2) ? PortalCall.search : .submit
                _ = harness.client.start(call, deadline: Harness.deadline(inMilliseconds: 15_000)) { result in
                    switch result {
                    case .success: answered += 1
                    case .failure(let failure): Issue.record("\(failure)")
                    }
                }
            }
            #expect(harness.client.callsInFlight == 300)
            harness.turn { harness.client.callsInFlight == 0 }
            #expect(answered == 300)
            #expect(server.requests.count == 300 * round)
        }
        #expect(server.connections <= 300)
    }
}
