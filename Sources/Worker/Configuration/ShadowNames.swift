import Engine

/// A shadow's names are those of the worker that files, with an ending. With it they cannot be the same, whatever the
/// settings say: a shadow's always have it, and others never do.
enum ShadowNames {
    static let groupEnding = "-shadow"
    static let topicEnding = ".shadow"
    /// With it, a static member of one group could have the transactional id of another's.
    static let forbiddenInstance = "shadow-"

    /// The group's name in that mode.
    static func group(_ name: String, _ mode: FilingMode) -> String { with(groupEnding, name, mode) }

    /// A topic's name in that mode; the inputs are common to both.
    static func topic(_ name: String, _ role: TopicRole, _ mode: FilingMode) -> String {
        role.isInput ? name : with(topicEnding, name, mode)
    }

    private static func with(_ ending: String, _ name: String, _ mode: FilingMode) -> String {
        switch mode {
        case .live: name
        case .shadow: name.hasSuffix(ending) ? name : name + ending
        }
    }
}
