import Estates
import Glibc

public enum LogLevel: String, Sendable, CaseIterable, Comparable {
    case debug
    case info
    case warning
    case error

    public static func < (left: LogLevel, right: LogLevel) -> Bool {
        guard let a = allCases.firstIndex(of: left), let b = allCases.firstIndex(of: right) else { return false }
        return a < b
    }
}

public enum LogFormat: String, Sendable, CaseIterable {
    /// One JSON object a line.
    case json
    /// For a terminal.
    case text
}

/// One value of a log line.
public enum LogValue: Sendable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByStringInterpolation
{
    case text(String)
    case number(Int64)

    public init(stringLiteral value: String) { self = .text(value) }
    public init(integerLiteral value: Int64) { self = .number(value) }
}

/// Writes log lines to standard error, each with one write, so that lines of several threads do not mix.
///
/// A line has a stable event name for programs and a message for people. Nothing personal and no secret may be given to
/// it; the types that hold such things describe themselves masked.
public struct Log: Sendable {
    public let level: LogLevel
    public let format: LogFormat

    public init(level: LogLevel, format: LogFormat) {
        self.level = level
        self.format = format
    }

    public func debug(_ event: String, _ message: String, _ fields: KeyValuePairs<String, LogValue> = [:]) {
        write(.debug, event, message, fields)
    }

    public func info(_ event: String, _ message: String, _ fields: KeyValuePairs<String, LogValue> = [:]) {
        write(.info, event, message, fields)
    }

    public func warning(_ event: String, _ message: String, _ fields: KeyValuePairs<String, LogValue> = [:]) {
        write(.warning, event, message, fields)
    }

    public func error(_ event: String, _ message: String, _ fields: KeyValuePairs<String, LogValue> = [:]) {
        write(.error, event, message, fields)
    }

    public func write(
        _ level: LogLevel, _ event: String, _ message: String, _ fields: KeyValuePairs<String, LogValue> = [:]
    ) {
        guard level >= self.level else { return }
        var line =
            switch format {
            case .json: Log.json(level, event, message, fields)
            case .text: Log.text(level, event, message, fields)
            }
        line.append(UInt8(ascii: "\n"))
        // A log that cannot be written must not stop the work.
        _ = line.withUnsafeBytes { Glibc.write(2, $0.baseAddress, $0.count) }
    }

    /// The time of day.
    static func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }
}
