import Engine

/// Groups dead letters that failed in the same way: the same category, reason, stage and status, and for a record that
/// cannot be read the same place in it. Stable between versions, since it stands in headers and dashboards.
struct FailureFingerprint: Hashable, Sendable {
    /// Sixteen lower-case hexadecimal digits: the beginning of a SHA-256.
    let text: String

    init(_ failure: Failure) {
        self.init(
            category: failure.reason.category.rawValue, reason: failure.reason.rawValue, stage: failure.stage.rawValue,
            status: failure.status.map(String.init), message: failure.message)
    }

    /// From the texts of a letter's headers, as an older version has written them.
    init(category: String, reason: String, stage: String, status: String?, message: String) {
        let place = stage == FailureStage.parse.rawValue ? FailureFingerprint.place(in: message) : nil
        let parts = [category, reason, stage, status ?? "", place ?? ""]
        text = String(SHA256Digest.hex(of: parts.joined(separator: "\n")).prefix(16))
    }

    /// `inventory.items[].description` of `inventory.items[17].description: missing`; nil when the message names no
    /// place. Which element of a list it was makes no difference.
    static func place(in message: String) -> String? {
        var place = ""
        var isIndex = false
        for character in message {
            switch character {
            case ":": return place.isEmpty ? nil : place
            case "[": isIndex = true
            case "]": isIndex = false
            case "a"..."z", "A"..."Z", "0"..."9", ".", "_", "-": if isIndex { continue }
            default: return nil
            }
            place.append(character)
        }
        return nil
    }
}
