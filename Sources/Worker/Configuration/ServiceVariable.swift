/// The environment variables by which Kubernetes tells a container of the Services in its namespace. One that is named
/// `proklama`, or `proklama-` and something, gives them the prefix of our settings.
///
/// Source: Kubernetes, "Connecting Applications with Services", "Accessing the Service", and "Service", "Environment
/// variables": `{NAME}_SERVICE_HOST`, `{NAME}_SERVICE_PORT`, the same with `_{PORTNAME}`, and those that are compatible
/// with Docker's legacy links: `{NAME}_PORT` and `{NAME}_PORT_{number}_{protocol}`, also with `_PROTO`, `_PORT` and `_ADDR`.
enum ServiceVariable {
    private static let protocols = ["TCP", "UDP", "SCTP"]

    /// Whether a Service has made it. `…_PORT` could be somebody's guess at a setting too, so its text is looked at.
    static func isOne(_ name: String, _ text: String) -> Bool {
        // An empty word is none of a Service's name, but may stand in a port's: "http--admin" is allowed.
        let words = name.split(separator: "_", omittingEmptySubsequences: false)
        if words.suffix(2) == ["SERVICE", "HOST"] { return true }
        if hasServicePort(words) { return UInt16(text) != nil }
        if words.last == "PORT", protocols.contains(where: { text.hasPrefix($0.lowercased() + "://") }) { return true }
        let link = ["PROTO", "PORT", "ADDR"].contains(words.last) ? words.dropLast() : words[...]
        let end = Array(link.suffix(3))
        return end.count == 3 && end[0] == "PORT" && UInt16(end[1]) != nil && protocols.contains(String(end[2]))
    }

    /// `…_SERVICE_PORT`, or that with the name of a port behind it.
    private static func hasServicePort(_ words: [Substring]) -> Bool {
        zip(words, words.dropFirst()).contains { $0 == "SERVICE" && $1 == "PORT" }
    }
}
