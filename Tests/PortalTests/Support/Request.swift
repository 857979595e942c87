/// A request as the scripted server read it.
struct Request: Sendable {
    var method = ""
    var target = ""
    /// By lower-case name.
    var headers: [String: String] = [:]
    var body = ""
    /// Counted from 1: the connection, and the request at the server.
    var connection = 0
    var number = 0
}
