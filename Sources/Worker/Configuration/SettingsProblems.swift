/// Everything that is wrong with the settings, found in one go. Each says what, where and what to do.
public struct SettingsProblems: Error, CustomStringConvertible, Sendable {
    public private(set) var messages: [String] = []

    public init(_ messages: [String] = []) { self.messages = messages }

    public var isEmpty: Bool { messages.isEmpty }

    /// What has been said already is not said again: two parts of the settings may read the same one.
    public mutating func add(_ message: String) {
        if !messages.contains(message) { messages.append(message) }
    }

    public var description: String {
        "\(messages.count) problem\(messages.count == 1 ? "" : "s") with the settings:\n"
            + messages.map { "  - \($0)" }.joined(separator: "\n")
    }
}
