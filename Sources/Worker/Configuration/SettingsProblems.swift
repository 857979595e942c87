/// Everything that is wrong with the settings, found in one go. Each says what, where and what to do.
public struct SettingsProblems: Error, CustomStringConvertible, Sendable {
    public private(set) var messages: [String] = []

    public init(_ messages: [String] = []) { self.messages = messages }

    public var isEmpty: Bool { messages.isEmpty }

    public mutating func add(_ message: String) { messages.append(message) }

    public var description: String {
        "\(messages.count) problem\(messages.count == 1 ? "" : "s") with the settings:\n"
            + messages.map { "  - \($0)" }.joined(separator: "\n")
    }
}
