import JSON
import Kafka

/// All that was done about one dead letter: a record of the audit topic, whose key is the letter's place.
struct AuditEntry: Hashable, Sendable {
    let newest: AuditEvent
    /// Oldest first.
    let earlier: [AuditEvent]

    init(_ event: AuditEvent, after before: AuditEntry?) {
        newest = event
        earlier = before.map { $0.earlier + [$0.newest] } ?? []
    }

    /// Nil when it is none of ours.
    init?(json: [UInt8]) {
        guard let root = try? JSONDocument.parse(json), let newest = AuditEvent(root) else { return nil }
        self.newest = newest
        earlier = (root["history"]?.elements ?? []).compactMap { AuditEvent($0) }
    }

    /// All of a topic that is being read; of each key the last one counts. Returns who wrote last, as far as it was told.
    @discardableResult
    static func each(
        of scan: TopicScan, _ visit: (LetterPlace, AuditEntry) -> Void
    ) throws(KafkaError) -> LockHolder? {
        var holder: LockHolder?
        while let record = try scan.next() {
            guard let key = record.key, let value = record.value else { continue }
            let name = String(decoding: key, as: UTF8.self)
            if name == LockHolder.key {
                holder = LockHolder(json: value)
            } else if let place = LetterPlace(name), let entry = AuditEntry(json: value) {
                visit(place, entry)
            }
        }
        return holder
    }

    func record(of place: LetterPlace, in topics: TopicNames) -> OutgoingRecord {
        let value = JSONWriter.object { root in
            root.object("letter") { letter in
                letter.field("topic", topics.deadLetters)
                letter.field("partition", Int64(place.partition))
                letter.field("offset", place.offset)
            }
            newest.write(to: &root)
            root.array("history") { list in
                for event in earlier { list.object { event.write(to: &$0) } }
            }
        }
        return OutgoingRecord(topic: topics.deadLettersAudit, key: Array(place.description.utf8), value: value)
    }
}
