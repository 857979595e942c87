import Kafka

/// The options that every command with settings has.
public enum SettingsOptions {
    static let file = CommandOption("--config", short: "-c", value: "FILE", "the settings, a .properties file")
    static let set = CommandOption(
        "--set", value: "KEY=VALUE", "a setting that overrides file and environment; repeatable")
    static let both = [file, set]

    /// Loads the settings, or fails with everything that is wrong with them.
    ///
    /// - Parameter overrides: `key=value`, above all that the user says.
    static func load(
        _ arguments: Arguments, for scope: SettingsScope, defaults: [SettingKey: String] = [:], overrides: [String] = []
    ) throws(CommandFailure) -> WorkerSettings {
        do throws(SettingsProblems) {
            return try read(arguments, for: scope, defaults: defaults, overrides: overrides)
        } catch {
            throw CommandFailure(.settings, error.description)
        }
    }

    static func read(
        _ arguments: Arguments, for scope: SettingsScope, defaults: [SettingKey: String] = [:], overrides: [String] = []
    ) throws(SettingsProblems) -> WorkerSettings {
        try WorkerSettings.load(
            file: arguments.value(file), environment: WorkerSettings.processEnvironment(),
            overrides: arguments.values(set) + overrides, scope: scope, defaults: defaults)
    }

    /// A log for commands, which tell by themselves what went wrong: the Kafka client's own lines only when asked for.
    static func quietLog(_ settings: WorkerSettings) -> Log {
        Log(level: settings.logLevel == .debug ? .debug : .error, format: settings.logFormat)
    }
}
