/// Where a dead letter stands in its topic, which names it for good.
struct LetterPlace: Hashable, Sendable, Comparable, CustomStringConvertible {
    let partition: Int32
    let offset: Int64

    init(partition: Int32, offset: Int64) {
        self.partition = partition
        self.offset = offset
    }

    /// Reads what `description` wrote.
    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let partition = Int32(parts[0]), let offset = Int64(parts[1]), partition >= 0,
            offset >= 0
        else { return nil }
        self.init(partition: partition, offset: offset)
    }

    /// `3/1204`
    var description: String { "\(partition)/\(offset)" }

    /// As the commands take it.
    var options: String { "--partition \(partition) --offset \(offset)" }

    static func < (left: LetterPlace, right: LetterPlace) -> Bool {
        (left.partition, left.offset) < (right.partition, right.offset)
    }
}
