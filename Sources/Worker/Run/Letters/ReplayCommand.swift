import Estates

/// The command that replays some dead letters, as it is typed in a shell.
enum ReplayCommand {
    /// - Parameter file: of the settings, when there is one.
    static func text(file: String?, category: String, reason: String, since: Timestamp) -> String {
        // Whole seconds read better.
        let time = since.description.replacing(".000Z", with: "Z")
        let words =
            ["proklama", "dead-letters", "replay"] + (file.map { ["-c", $0] } ?? [])
            + ["--category", category, "--reason", reason, "--since", time]
        return words.map(quoted).joined(separator: " ")
    }

    /// In single quotes when the shell would not take it as it is.
    private static func quoted(_ word: String) -> String {
        let isPlain = word.unicodeScalars.allSatisfy { scalar in
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "-", "_", ".", "/", ":", "+", "@", "%", "=", ",": true
            default: false
            }
        }
        return isPlain && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }
}
