import Engine
import Glibc
import Kafka
import Portal

/// What the programs run on, checked.
public struct WorkerSettings: Sendable {
    /// Whether it files, or only says what it would file. Group and topics are those of the mode.
    public var mode: FilingMode
    public var groupID: String
    public var instanceID: String?
    public var topics: TopicNames
    /// For every Kafka client; what the promises rest on is added where the clients are made.
    public var kafka: ClientSettings
    public var portal: PortalSettings
    public var engine: EngineSettings
    /// Nil lets everybody file.
    public var allowedCreditors: AllowedCreditors?
    /// Milliseconds.
    public var drainTimeout: Int64
    /// Milliseconds between the starts of two transactions under load.
    public var transactionInterval: Int64
    /// Nil when there are no endpoints.
    public var adminListen: ListenAddress?
    public var automaticReplay = AutomaticReplay()
    public var sendKeySecretFile: String?
    /// What personal data is sealed with, and the file that it came from; nil when it is not sealed.
    public var encryption: Encryption?
    public var cloudEvents: CloudEventsMode
    /// A URI reference.
    public var cloudEventsSource: String
    public var logLevel: LogLevel
    public var logFormat: LogFormat
    /// Every setting as a text, as it is in force, secrets masked: for `--print-config`.
    public var effective: [(name: String, text: String)]
    /// The file that they were read from, if any.
    public var file: String?

    /// Reads and checks everything, and reports all problems at once.
    ///
    /// - Parameter defaults: take the place of the usual ones.
    public static func load(
        file: String?, environment: [String: String], overrides: [String], scope: SettingsScope = .everything,
        defaults: [SettingKey: String] = [:]
    ) throws(SettingsProblems) -> WorkerSettings {
        let raw = RawSettings(file: file, environment: environment, overrides: overrides, defaults: defaults)
        var reader = SettingsReader(raw)
        var settings = reader.read(scope)
        settings.file = file
        if !reader.problems.isEmpty { throw reader.problems }
        return settings
    }

    /// The environment of this process.
    public static func processEnvironment() -> [String: String] {
        var result: [String: String] = [:]
        var next = environ
        while let entry = next.pointee {
            let text = String(cString: entry)
            if let equals = text.firstIndex(of: "=") {
                result[String(text[..<equals])] = String(text[text.index(after: equals)...])
            }
            next += 1
        }
        return result
    }
}

/// `127.0.0.1:9464`
public struct ListenAddress: Hashable, Sendable {
    public let host: String
    public let port: UInt16

    public init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    public init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        self.init(host: host.isEmpty ? "0.0.0.0" : host, port: port)
    }
}
