import Glibc

/// The settings as texts, from the file, the environment and `--set`, in this order of precedence from low to high.
public struct RawSettings: Sendable {
    /// A text with where it came from, for messages.
    public struct Value: Hashable, Sendable {
        public let text: String
        public let origin: String
    }

    public private(set) var values: [SettingKey: Value] = [:]
    /// `kafka.*` without its prefix.
    public private(set) var kafka: [String: Value] = [:]
    public private(set) var problems = SettingsProblems()

    /// - Parameters:
    ///   - file: a path, or nil for none.
    ///   - environment: of the process.
    ///   - overrides: `key=value`, as given to `--set`.
    ///   - defaults: take the place of the usual ones.
    public init(
        file: String?, environment: [String: String], overrides: [String], defaults: [SettingKey: String] = [:]
    ) {
        for (key, text) in defaults { values[key] = Value(text: text, origin: "default") }
        if let file {
            do {
                let text = try TextFile.read(file)
                for entry in Properties(text).entries {
                    set(entry.key, entry.value, origin: "\(file), line \(entry.line)")
                }
            } catch {
                problems.add("\(file): \(error). Give the path of a .properties file with -c")
            }
        }
        for (name, text) in environment.sorted(by: { $0.key < $1.key }) where name.hasPrefix("PROKLAMA_") {
            setFromEnvironment(name, text)
        }
        for override in overrides {
            guard let equals = override.firstIndex(of: "=") else {
                problems.add("--set \(override): write --set key=value")
                continue
            }
            set(String(override[..<equals]), String(override[override.index(after: equals)...]), origin: "--set")
        }
    }

    private mutating func set(_ name: String, _ text: String, origin: String) {
        if name.hasPrefix("kafka.") {
            kafka[String(name.dropFirst("kafka.".count))] = Value(text: text, origin: origin)
        } else if let key = SettingKey(rawValue: name) {
            values[key] = Value(text: text, origin: origin)
        } else {
            let nearest = RawSettings.nearest(to: name)
            problems.add("\(name) (\(origin)): there is no such setting. Did you mean \(nearest)?")
        }
    }

    private mutating func setFromEnvironment(_ name: String, _ text: String) {
        // The test suite's own variables, and the credential of nobody.
        if name.hasPrefix("PROKLAMA_TEST_") || name.hasPrefix("PROKLAMA_REQUIRE_") { return }
        if let key = SettingKey.allCases.first(where: { $0.environmentName == name }) {
            values[key] = Value(text: text, origin: "environment variable \(name)")
        } else if ServiceVariable.isOne(name, text) {
            // Nobody has written it, so nobody has misspelt it.
        } else if name.hasPrefix("PROKLAMA_KAFKA_") {
            let property = name.dropFirst("PROKLAMA_KAFKA_".count).lowercased().map { $0 == "_" ? "." : $0 }
            kafka[String(property)] = Value(text: text, origin: "environment variable \(name)")
        } else {
            let names = SettingKey.allCases.map(\.environmentName)
            let nearest = names.min { EditDistance.between($0, name) < EditDistance.between($1, name) } ?? ""
            problems.add("environment variable \(name): there is no such setting. Did you mean \(nearest)?")
        }
    }

    private static func nearest(to name: String) -> String {
        SettingKey.allCases.map(\.rawValue).min { EditDistance.between($0, name) < EditDistance.between($1, name) }
            ?? ""
    }
}

/// Levenshtein's distance, for "did you mean".
enum EditDistance {
    static func between(_ left: String, _ right: String) -> Int {
        let right = Array(right.utf8)
        var row = Array(0...right.count)
        for (i, a) in left.utf8.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, b) in right.enumerated() {
                let above = row[j + 1]
                row[j + 1] = min(above + 1, row[j] + 1, diagonal + (a == b ? 0 : 1))
                diagonal = above
            }
        }
        return row[right.count]
    }
}
