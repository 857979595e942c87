import Kafka

/// How a dead letter's value is sealed: for the place that it came from.
enum LetterSeal {
    static func context(topic: String, partition: String, offset: String) -> [UInt8] {
        Array("\(topic)/\(partition)/\(offset)".utf8)
    }

    /// The letter as it was before it was sealed; unchanged when it was not, or when we cannot open it.
    static func opened(_ letter: Record, _ seal: Seal) -> Record {
        guard let header = letter.headers.last(where: { $0.name == Seal.header }) else { return letter }
        func text(_ name: String) -> String { letter.header(name).map { String(decoding: $0, as: UTF8.self) } ?? "" }
        let context = context(
            topic: text(LetterHeaderName.sourceTopic), partition: text(LetterHeaderName.sourcePartition),
            offset: text(LetterHeaderName.sourceOffset))
        var value: [UInt8]?
        if let sealed = letter.value {
            guard let opened = try? seal.open(sealed, key: header.text ?? "", context: context) else { return letter }
            value = opened
        }
        return Record(
            topic: letter.topic, partition: letter.partition, offset: letter.offset, timestamp: letter.timestamp,
            key: letter.key, value: value, headers: letter.headers.filter { $0.name != Seal.header })
    }
}
