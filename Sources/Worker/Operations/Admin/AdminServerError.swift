/// Why the endpoints cannot be served.
public struct AdminServerError: Error, Sendable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}
