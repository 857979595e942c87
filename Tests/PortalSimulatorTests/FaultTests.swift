import Testing

@testable import PortalSimulator

@Suite("Each fault does what it says")
struct FaultTests {
    /// What became of a claim: the status, or nil for a connection closed, and whether it was stored.
    private func submit(with fault: String) throws -> (answer: HTTPClient.Answer?, stored: Int) {
        let creditor = try Creditor()
        let estate = creditor.estate()
        try creditor.simulator.setFaults([fault: 1, "slow-seconds": 0.02, "retry-after-seconds": 3])
        let answer = creditor.submit("R1", estate: estate)
        let audit = creditor.simulator.audit()
        let name = fault.split(separator: ".").last.map(String.init) ?? fault
        #expect(audit.faults == [name: 1])
        return (answer, audit.filings)
    }

    @Test(arguments: [("answer-lost", 1), ("reset-before", 0), ("refuse", 0), ("submit.answer-lost", 1)])
    func theConnectionIsClosed(fault: String, stored: Int) throws {
        let result = try submit(with: fault)
        #expect(result.answer == nil)
        #expect(result.stored == stored)
    }

    @Test(arguments: [
        ("unavailable", 503, 0), ("too-many", 429, 0), ("error", 500, 0), ("error-after", 500, 1),
        ("unauthorized", 401, 0), ("forbidden", 403, 0), ("slow", 201, 1), ("slow-processing", 201, 1),
        ("submit.error", 500, 0), ("redirect", 307, 0),
    ])
    func theStatusIsAnswered(fault: String, status: Int, stored: Int) throws {
        let result = try submit(with: fault)
        #expect(result.answer?.status == status)
        #expect(result.stored == stored)
        #expect((result.answer?.header("Location") == nil) == (status != 307))
        #expect(result.answer?.header("Retry-After") == (status == 503 || status == 429 ? "3" : nil))
    }

    @Test func theBodyIsNoJSONAlthoughTheFilingIsStored() throws {
        let cut = try submit(with: "malformed")
        #expect(cut.answer?.status == 201)
        #expect(cut.answer?.json == nil)
        #expect(cut.stored == 1)
        let html = try submit(with: "html")
        #expect(html.answer?.status == 200)
        #expect(html.answer?.header("Content-Type") == "text/html")
        #expect(html.stored == 1)
    }

    @Test func slowProcessingHidesTheFilingFromALookUpMeanwhile() throws {
        let creditor = try Creditor()
        let estate = creditor.estate()
        try creditor.simulator.setFaults(["submit.slow-processing": 1, "slow-seconds": 3])
        let path = "/doedsbojournaler/\(estate)/krav"
        let pending = creditor.client.begin("POST", path, Creditor.claim("R1"))
        #expect(creditor.lookUp("R1", estate: estate).isEmpty)
        #expect(pending.finish()?.status == 201)
        #expect(creditor.lookUp("R1", estate: estate).count == 1)
    }

    @Test func aFaultOfOneCallLeavesTheOthersAlone() throws {
        let creditor = try Creditor { $0.faults = ["lookup.error": 1, "search.unavailable": 1] }
        #expect(creditor.search("6101901234")?.status == 503)
        #expect(creditor.call("GET", "/doedsbojournaler/x/krav")?.status == 500)
        #expect(creditor.submit("R1", estate: "x")?.status == 404)
        #expect(creditor.client.send("POST", "/token", "grant_type=client_credentials&client_id=a")?.status == 200)
    }

    @Test func theTokenIsRefused() throws {
        let creditor = try Creditor { $0.faults = ["token-refused": 1] }
        #expect(creditor.client.send("POST", "/token", "grant_type=client_credentials&client_id=a")?.status == 401)
        try creditor.simulator.setFaults(["token.error": 1])
        #expect(creditor.client.send("POST", "/token", "grant_type=client_credentials&client_id=a")?.status == 500)
    }

    @Test func anOutageLeavesTheControlsReachable() throws {
        let creditor = try Creditor { $0.faults = ["refuse": 1] }
        #expect(creditor.search("6101901234") == nil)
        #expect(creditor.client.send("POST", "/token", "grant_type=client_credentials") == nil)
        #expect(creditor.call("GET", "/_faults")?.text == #"{"refuse":1.0}"#)
        #expect(creditor.call("PUT", "/_faults", "{}")?.status == 200)
        #expect(creditor.search("6101901234")?.status == 200)
    }

    @Test(arguments: [#"{"nonsense":1}"#, #"{"nowhere.error":1}"#, #"{"error":2}"#, #"{"error":"x"}"#, "[]"])
    func wrongFaultsAreRefusedAndChangeNothing(body: String) throws {
        let creditor = try Creditor { $0.faults = ["error": 0.5] }
        #expect(creditor.call("PUT", "/_faults", body)?.status == 400)
        #expect(creditor.call("GET", "/_faults")?.text == #"{"error":0.5}"#)
    }

    @Test func theSeedDecidesWhichCallsMeetAFault() throws {
        func draws(_ seed: UInt64, others: Int) throws -> [Fault?] {
            var plan = FaultPlan(seed: seed)
            try plan.set(["answer-lost": 0.3, "error": 0.1])
            return (0..<200).map { _ in
                for _ in 0..<others { _ = plan.draw(.search) }
                return plan.draw(.submit)
            }
        }
        #expect(try draws(7, others: 0) == draws(7, others: 3))
        #expect(try draws(7, others: 0) != draws(8, others: 0))
        let hits = try draws(7, others: 0).filter { $0 == .answerLost }.count
        #expect((30...90).contains(hits))
    }
}
