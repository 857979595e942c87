import JSON

@testable import PortalSimulator

/// A creditor with a portal of its own, so that a test reads like a story.
final class Creditor {
    let simulator: PortalSimulator
    let client: HTTPClient
    var token: String?

    init(_ change: (inout PortalSimulator.Options) -> Void = { _ in }) throws {
        var options = PortalSimulator.Options()
        options.anyEstate = true
        options.tokenAuthentication = .none
        change(&options)
        simulator = try PortalSimulator(options: options)
        client = HTTPClient(port: simulator.port)
    }

    deinit { simulator.stop() }

    static let cvr = "97281536"

    func call(
        _ method: String, _ path: String, _ body: String = "", key: String? = nil, headers: [String: String] = [:]
    ) -> HTTPClient.Answer? {
        var headers = headers
        headers["Idempotency-Key"] = key
        if let token { headers["Authorization"] = "Bearer \(token)" }
        return client.send(method, path, body, headers: headers)
    }

    func search(_ cpr: String, query: String = "") -> HTTPClient.Answer? {
        call("POST", "/doedsbojournaler\(query)", #"{"cprNummer":"\#(cpr)"}"#)
    }

    /// The ID of that person's estate.
    func estate(_ cpr: String = "6101901234") -> String {
        search(cpr)?.json?.elements?.first?["doedsbojournalId"]?.string ?? "none"
    }

    /// Files a claim.
    func submit(
        _ reference: String, estate: String, principal: String = "100.00", key: String = "key"
    ) -> HTTPClient.Answer? {
        call("POST", "/doedsbojournaler/\(estate)/krav", Self.claim(reference, principal), key: key)
    }

    func lookUp(_ reference: String, estate: String) -> [JSONValue] {
        let query = "?reference=\(reference)&kreditor=\(Self.cvr)"
        return call("GET", "/doedsbojournaler/\(estate)/krav\(query)")?.json?.elements ?? []
    }

    static func claim(_ reference: String, _ principal: String = "100.00") -> String {
        #"{"kreditor":{"cvrNummer":"\#(cvr)"},"reference":"\#(reference)","hovedstol":"\#(principal)"}"#
    }
}
