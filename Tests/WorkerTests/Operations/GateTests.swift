import Engine
import Estates
import JSON
import Testing

@testable import Worker

/// What an operator sees of the gate before the portal.
@Suite struct GateTests {
    private let refused = WorkerSnapshot.sample(engine: .met(.status(403, code: nil)))
    private let held = WorkerSnapshot.sample(engine: .met(.clientCertificateRefused(.expired), policy: .hold))
    private let open = WorkerSnapshot.sample(engine: .met(.connectionRefused))

    private func get(_ path: String, _ snapshot: WorkerSnapshot) -> AdminAnswer {
        AdminAnswers(environment: "simulator") { $0(snapshot) }.answer(method: "GET", path: path, accept: nil)
    }

    private func text(_ answer: AdminAnswer) -> String { String(decoding: answer.body, as: UTF8.self) }

    @Test func aClosedGateIsNotReadyAndSaysWhy() {
        let answer = get("/readyz", refused)
        #expect(answer.status == 503)
        #expect(
            text(answer)
                == "the gate before the portal is closed, certificate/not-registered: "
                + "the portal knows the certificate and does not let it do this\n")
        #expect(get("/livez", refused).status == 200)
    }

    @Test func heldOnPurposeItIsReady() {
        #expect(get("/readyz", held).status == 200)
        #expect(get("/readyz", open).status == 200)
    }

    @Test func statusTellsStateReasonAndTheNextProbe() throws {
        let gate = try #require(try JSONDocument.parse(get("/status", refused).body)["gate"])
        #expect(gate["state"]?.string == "closed")
        #expect(gate["held"]?.boolean == false)
        #expect(gate["category"]?.string == "certificate")
        #expect(gate["reason"]?.string == "not-registered")
        #expect(gate["message"]?.string?.isEmpty == false)
        #expect(gate["since"]?.string == "2026-11-24T10:15:00.000Z")
        #expect(gate["nextProbeAt"]?.string?.hasPrefix("2026-11-24T10:15:0") == true)

        let waiting = try #require(try JSONDocument.parse(get("/status", held).body)["gate"])
        #expect(waiting["state"]?.string == "closed")
        #expect(waiting["held"]?.boolean == true)
        #expect(waiting["reason"]?.string == "expired")

        let fine = try #require(try JSONDocument.parse(get("/status", open).body)["gate"])
        #expect(fine["state"]?.string == "open")
        #expect(fine["reason"] == nil)
        #expect(fine["nextProbeAt"] == nil)
    }

    @Test func metricsTellTheReasonAndAreZeroOtherwise() {
        let lines = text(get("/metrics", refused)).split(separator: "\n").map(String.init)
        let closed = lines.filter { $0.hasPrefix("proklama_gate_closed{") }
        #expect(
            closed.filter { $0.hasSuffix(" 1") } == [
                "proklama_gate_closed{category=\"certificate\",reason=\"not-registered\"} 1"
            ])
        // Every reason of a certificate or an environment has a line from the start, so that alerts can be written.
        #expect(closed.count == FailureReason.allCases.count { $0.category != .validation })
        #expect(lines.contains("proklama_gate_closings_total{category=\"certificate\",reason=\"not-registered\"} 1"))
        #expect(lines.contains("proklama_ready 0"))
        #expect(lines.contains("proklama_gate_probes_total 0"))
        #expect(text(get("/metrics", open)).split(separator: "\n").contains("proklama_ready 1"))
        #expect(
            !text(get("/metrics", open)).contains(
                "proklama_gate_closed{category=\"certificate\",reason=\"not-registered\"} 1"))
    }

    @Test func nothingPersonalIsTold() {
        for snapshot in [refused, held, open] {
            for path in ["/readyz", "/status", "/metrics"] {
                let body = text(get(path, snapshot))
                for secret in ["6101901234", "610190", "R-1", "97281536"] { #expect(!body.contains(secret)) }
            }
        }
    }
}
