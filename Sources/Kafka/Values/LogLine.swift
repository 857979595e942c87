/// A line that the library logs. It comes on one of the library's own threads, so whoever takes it must be quick.
public struct LogLine: Hashable, Sendable {
    /// As in syslog (RFC 5424): 3 error, 4 warning, 5 notice, 6 information, 7 debugging.
    public let level: Int
    /// The library's short name for the matter, such as `FAIL` or `REQTMOUT`.
    public let facility: String
    /// The text. It may name hosts, topics and groups; it holds no record contents.
    public let message: String

    /// Makes a line by hand, for tests.
    public init(level: Int, facility: String, message: String) {
        self.level = level
        self.facility = facility
        self.message = message
    }
}
