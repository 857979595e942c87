/// How many records are sealed with each key, and how many are not.
struct KeyUse {
    struct Row: Equatable {
        /// Nil is what is not sealed.
        let key: String?
        var waiting = 0
        var deadLetters = 0
        /// Whether `encryption.key.file` has it.
        let isKnown: Bool
        /// Whether new records are sealed with it.
        let isFirst: Bool
    }

    private(set) var rows: [Row]

    init(_ keyring: Keyring?) {
        rows = (keyring?.keys ?? []).enumerated().map { Row(key: $1.name, isKnown: true, isFirst: $0 == 0) }
    }

    mutating func countWaiting(_ key: String?) { rows[index(key)].waiting += 1 }

    mutating func countDeadLetter(_ key: String?) { rows[index(key)].deadLetters += 1 }

    /// Keys that records need and that the file does not have.
    var missing: [String] { rows.filter { !$0.isKnown }.compactMap(\.key) }

    private mutating func index(_ key: String?) -> Int {
        if let found = rows.firstIndex(where: { $0.key == key }) { return found }
        rows.append(Row(key: key, isKnown: key == nil, isFirst: false))
        return rows.count - 1
    }
}
