import JSON

/// An answer, without the HTTP around it.
struct Reply: Sendable {
    let status: Int
    var body: [UInt8] = []
    var isHTML = false
    /// Sent as `X-Total-Count`.
    var totalCount: Int?
    /// Sent as `Retry-After`, in seconds.
    var retryAfter: Int?
    /// Sent as `Location`.
    var location: String?

    static func json(_ status: Int, _ body: (inout JSONWriter) -> Void) -> Reply {
        Reply(status: status, body: JSONWriter.object(body))
    }

    /// The portal's error body: `kode`, `besked`, `felter`.
    static func refusal(_ status: Int, _ message: String, fields: [FieldProblem] = []) -> Reply {
        json(status) { json in
            json.field("kode", "SIM-\(status)")
            json.field("besked", message)
            json.array("felter") { json in
                for problem in fields {
                    json.object { json in
                        json.field("felt", problem.field)
                        json.field("besked", problem.message)
                    }
                }
            }
        }
    }

    static let notFound = refusal(404, "findes ikke")

    /// One page of a list, with the number of all in `X-Total-Count`.
    static func page(_ elements: [[UInt8]], of query: [String: String]) -> Reply {
        page(count: elements.count, of: query) { elements[$0] }
    }

    /// As above, where an element is written only if it is on the page.
    static func page(count: Int, of query: [String: String], element: (Int) -> [UInt8]) -> Reply {
        let size = query["size"].map { Int($0) } ?? 100
        let number = query["page"].map { Int($0) } ?? 1
        guard let size, let number, (1...1000).contains(size), (1...1_000_000_000).contains(number) else {
            return refusal(400, "page begynder med 1, og size er 1 til 1000")
        }
        let first = min((number - 1) * size, count)
        var writer = JSONWriter()
        writer.array { json in
            for index in first..<min(first + size, count) { json.raw(element(index)) }
        }
        return Reply(status: 200, body: writer.bytes, totalCount: count)
    }
}
