import JSON
import Testing

@testable import PortalSimulator

@Suite("A journal keeps what is filed, through restarts")
struct JournalTests {
    private let path = "/tmp/portal-journal-\(UInt64.random(in: 0...UInt64.max))"

    private func creditor(idempotency: Bool = false) throws -> Creditor {
        try Creditor {
            $0.journalPath = path
            $0.keepsIdempotencyKeys = idempotency
        }
    }

    @Test func aRestartKnowsFilingsReceiptsAndTheirOrder() throws {
        defer { _ = Shell.run("rm -f \(path)") }
        let before: [String]
        do {
            let creditor = try creditor()
            let estate = creditor.estate()
            for reference in ["R-1", "R \"2\" æ", "R-3"] {
                _ = creditor.client.send(
                    "POST", "/doedsbojournaler/\(estate)/krav",
                    Creditor.claim(reference.split(separator: "\"").joined(separator: "\\\"")),
                    headers: ["Idempotency-Key": reference.filter { $0.isASCII && $0 != "\"" }])
            }
            let path = "/doedsbojournaler/\(estate)/krav"
            #expect(creditor.call("PUT", path + "/F1", Creditor.claim("R-1", "7.00"), key: "a")?.status == 200)
            #expect(creditor.call("DELETE", path + "/F3", key: "b")?.status == 200)
            before = creditor.simulator.auditLines()
        }
        #expect(before.count == 3)
        let again = try creditor()
        #expect(again.simulator.auditLines() == before)
        let audit = again.simulator.audit()
        #expect((audit.filings, audit.amends, audit.withdrawals, audit.duplicates) == (3, 1, 1, 0))
        let estate = again.estate()
        #expect(again.lookUp("R-1", estate: estate).first?["hovedstol"]?.string == "7.00")
        // A duplicate across the restart is one.
        #expect(again.submit("R-1", estate: estate, principal: "7.00")?.status == 201)
        #expect(again.simulator.audit().duplicates == 1)
    }

    @Test func aKeyIsKnownAgainWhenKeysAreKept() throws {
        defer { _ = Shell.run("rm -f \(path)") }
        var first: String?
        do {
            let creditor = try creditor(idempotency: true)
            first = creditor.submit("R-1", estate: creditor.estate(), key: "k")?.text
        }
        let again = try creditor(idempotency: true)
        #expect(again.submit("R-1", estate: again.estate(), key: "k")?.text == first)
        #expect(again.simulator.audit().filings == 1)
    }

    @Test func halfALineIsCutOffAndNonsenseIsRefused() throws {
        defer { _ = Shell.run("rm -f \(path)") }
        do {
            let creditor = try creditor()
            _ = creditor.submit("R-1", estate: creditor.estate())
        }
        _ = Shell.run("printf '{\"change\":\"cre' >> \(path)")
        do {
            let creditor = try creditor()
            #expect(creditor.submit("R-2", estate: creditor.estate())?.status == 201)
        }
        #expect(try creditor().simulator.audit().filings == 2)
        _ = Shell.run("printf '{\"change\":\"create\",\"filing\":9}\\n' >> \(path)")
        #expect(throws: SimulatorError.cannotRead(file: path, reason: "line 3 is not what a simulator writes")) {
            try creditor()
        }
    }

    @Test func aResetEmptiesIt() throws {
        defer { _ = Shell.run("rm -f \(path)") }
        do {
            let creditor = try creditor()
            _ = creditor.submit("R-1", estate: creditor.estate())
            creditor.simulator.reset()
        }
        #expect(try creditor().simulator.audit().filings == 0)
    }
}

@Suite("What an auditor may ask besides")
struct WitnessTests {
    @Test func arrivalsAreToldWithTimeAndCall() throws {
        let creditor = try Creditor()
        _ = creditor.search("6101901234")
        let middle = Clock.wallMilliseconds() + 1
        while Clock.wallMilliseconds() < middle {}
        _ = creditor.call("GET", "/doedsbojournaler/x/krav")
        let all = try #require(creditor.call("GET", "/_arrivals")?.text).split(separator: "\n")
        #expect(all.map { $0.split(separator: " ").last } == ["search", "lookup"])
        let later = try #require(creditor.call("GET", "/_arrivals?since=\(middle)")?.text).split(separator: "\n")
        #expect(later == Array(all.dropFirst()))
    }

    @Test func theLogOfArrivalsIsBounded() {
        var log = ArrivalLog()
        for time in 0..<70_000 { log.note(.search, at: Int64(time)) }
        let lines = String(decoding: log.lines(since: 69_998), as: UTF8.self)
        #expect(lines == "69998 search\n69999 search\n")
        #expect(String(decoding: log.lines(since: 0), as: UTF8.self).hasPrefix("4464 search\n"))
    }

    @Test func issuedTokensAreTold() throws {
        let creditor = try Creditor { $0.tokenAuthentication = .any }
        let answer = creditor.client.send("POST", "/token", "grant_type=client_credentials&client_id=a")
        let token = try #require(answer?.json?["access_token"]?.string)
        #expect(creditor.call("GET", "/_tokens")?.text == token + "\n")
    }
}
