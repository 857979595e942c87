import Estates
import Portal
import Testing

/// The question which estates have changed.
@Suite(.serialized) struct ChangesTests {
    private static let call = PortalCall.changes(
        [EstateID("D-1"), EstateID("D-2"), EstateID("D-3")], since: Timestamp(milliseconds: 1_764_000_000_000))

    private static func page(_ ids: [Int], total: Int? = nil, date: String = "Tue, 24 Nov 2026 10:00:00 GMT") -> Reply {
        let items = ids.map {
            #"{"doedsbojournalId":"D-\#($0)","status":"afsluttet","behandlingsform":"Insolvent bo","#
                + #""proklama":{"dato":"2026-11-01"}}"#
        }
        let headers = ["Date: \(date)"] + (total.map { ["X-Total-Count: \($0)"] } ?? [])
        return .json(200, "[\(items.joined(separator: ","))]", headers)
    }

    @Test func itCarriesWhatTheContractSays() throws {
        let server = ScriptedServer { _ in Self.page([2], total: 1) }
        defer { server.stop() }
        let answer = try Harness(server).call(Self.call).get()
        let request = try #require(server.requests.first)
        #expect(request.method == "POST")
        #expect(request.target == "/doedsbojournaler/aendringer?page=1&size=50")
        #expect(request.body == #"{"doedsbojournalIds":["D-1","D-2","D-3"],"siden":"2025-11-24T16:00:00.000Z"}"#)
        guard case .changedEstates(let estates, let at) = answer else {
            Issue.record("another answer")
            return
        }
        let estate = try #require(estates.first)
        #expect(estate.isClosed && estate.isInsolvent)
        #expect(estate.noticeDate == CalendarDate("2026-11-01"))
        #expect(at?.description == "2026-11-24T10:00:00.000Z")
    }

    @Test func withoutACountAllPagesAreRead() throws {
        let server = ScriptedServer { request in Self.page(request.number == 1 ? [1, 2] : [3]) }
        defer { server.stop() }
        let answer = try Harness(server) { $0.pageSize = 2 }.call(Self.call).get()
        guard case .changedEstates(let estates, _) = answer else { return }
        #expect(estates.map(\.id.text) == ["D-1", "D-2", "D-3"])
    }

    /// 3 moves to the first page while the second is asked for, and pushes 2 there: seen twice, 3 not at all.
    @Test func pagesThatShiftAreReadAgain() throws {
        let server = ScriptedServer { request in
            switch request.number {
            case 1: Self.page([1, 2], total: 3)
            case 2: Self.page([2], total: 3, date: "Tue, 24 Nov 2026 10:00:01 GMT")
            case 3: Self.page([3, 1], total: 3, date: "Tue, 24 Nov 2026 10:00:02 GMT")
            default: Self.page([2], total: 3)
            }
        }
        defer { server.stop() }
        let answer = try Harness(server) { $0.pageSize = 2 }.call(Self.call).get()
        guard case .changedEstates(let estates, let at) = answer else { return }
        #expect(estates.map(\.id.text) == ["D-3", "D-1", "D-2"])
        // The time from which nothing can have been missed is that of the first reading.
        #expect(at?.description == "2026-11-24T10:00:00.000Z")
        #expect(server.requests.count == 4)
    }

    @Test func pagesThatKeepShiftingAreAFailure() throws {
        let server = ScriptedServer { _ in Self.page([1, 2], total: 3) }
        defer { server.stop() }
        let failure = try Harness(server, change: { $0.pageSize = 2 }).failure(Self.call)
        #expect(failure?.cause == .unexpectedBody)
    }

    @Test func aStatusIsPassedOnAsItIs() throws {
        let server = ScriptedServer { _ in
            .json(
                200,
                #"[{"id":"F-1","reference":"R-1","kreditor":{"cvrNummer":"97281536"},"status":"nyt ord","#
                    + #""kvittering":{"id":"K-1","modtaget":"2026-11-24T10:00:00Z"}}]"#)
        }
        defer { server.stop() }
        guard case .filings(let filings) = try Harness(server).call(.lookUp).get() else { return }
        #expect(filings.first?.status == "nyt ord")
    }
}
