/// One request before it is given to curl.
struct HTTPRequest {
    enum Method { case get, post, put, delete }

    enum Body {
        case none
        case json([UInt8])
        case form([UInt8])
        case upload(UploadBody)
    }

    var method: Method
    /// The whole address.
    var url: String
    var body: Body = .none
    var idempotencyKey: String?
    var token: AccessToken?
    /// A request that changes something must leave at most once: curl would send it again on a fresh connection when a
    /// kept one dies before the answer, though the server may have acted on it.
    var mayLeaveTwice = true
}
