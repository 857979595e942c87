extension Reply {
    /// An error with `Retry-After`.
    static func refusal(_ status: Int, _ message: String, after seconds: Int) -> Reply {
        var reply = refusal(status, message)
        reply.retryAfter = seconds
        return reply
    }

    /// To a host that there is not, lest somebody follow it.
    static let redirect = Reply(status: 307, location: "https://elsewhere.invalid/")

    /// The first half of the body, in a message whose length is right: no JSON.
    var cut: Reply {
        var reply = self
        reply.body = Array(body.prefix(body.count / 2))
        return reply
    }

    /// What a load balancer says while the portal is down for maintenance.
    static let webPage = Reply(
        status: 200, body: Array("<!DOCTYPE html><html><body><h1>Vedligeholdelse</h1></body></html>".utf8), isHTML: true
    )
}
