/// What the scripted server answers, byte for byte, and what it does with the connection then.
struct Reply: Sendable {
    enum Then: Sendable { case keep, close, reset, hang }

    var bytes: String
    var then = Then.keep
    /// Milliseconds before the first byte.
    var delay = 0

    static func json(_ status: Int, _ body: String, _ headers: [String] = [], delay: Int = 0) -> Reply {
        let lines = ["HTTP/1.1 \(status) X", "Content-Type: application/json", "Content-Length: \(body.utf8.count)"]
        return Reply(bytes: (lines + headers).joined(separator: "\r\n") + "\r\n\r\n" + body, delay: delay)
    }

    static let close = Reply(bytes: "", then: .close)
    static let reset = Reply(bytes: "", then: .reset)
    static let hang = Reply(bytes: "", then: .hang)

    static let noEstates = json(200, "[]", ["X-Total-Count: 0"])
    static let oneEstate = json(200, #"[{"doedsbojournalId":"D-1"}]"#, ["X-Total-Count: 1"])
    static let receipt = json(
        201, #"{"id":"F-1","kvittering":{"id":"K-1","modtaget":"2026-11-24T10:00:00.000Z"}}"#)
    static let token = json(200, #"{"access_token":"secret-token-1","token_type":"Bearer","expires_in":300}"#)
}
