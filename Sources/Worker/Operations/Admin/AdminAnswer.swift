/// An answer of the endpoints.
struct AdminAnswer: Equatable, Sendable {
    let status: Int
    let contentType: String
    let body: [UInt8]

    init(_ status: Int, _ contentType: String, _ body: [UInt8]) {
        self.status = status
        self.contentType = contentType
        self.body = body
    }

    static func text(_ status: Int, _ text: String) -> AdminAnswer {
        AdminAnswer(status, "text/plain; charset=utf-8", Array((text + "\n").utf8))
    }
}
