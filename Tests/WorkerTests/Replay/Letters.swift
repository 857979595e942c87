import Kafka

@testable import Worker

/// Dead letters for tests.
enum Letters {
    static func record(
        _ place: LetterPlace = LetterPlace(partition: 1, offset: 7), timestamp: Int64 = 0, key: [UInt8]? = [1, 0],
        value: [UInt8]? = [0, 255], own: [Header] = [], category: String = "validation", reason: String = "malformed",
        source: String = "estate.claim-requests", more: [Header] = []
    ) -> Record {
        let ours = [
            Header("proklama.error.category", text: category), Header("proklama.error.reason", text: reason),
            Header("proklama.error.message", text: "claim.principal: missing"),
            Header("proklama.error.stage", text: "parse"), Header("proklama.error.first-at", text: "first"),
            Header("proklama.error.attempts", text: "2"), Header("proklama.source.topic", text: source),
            Header("proklama.source.partition", text: "3"), Header("proklama.source.offset", text: "12"),
            Header("proklama.worker", text: "w"),
        ]
        return Record(
            topic: "estate.dead-letters", partition: place.partition, offset: place.offset, timestamp: timestamp,
            key: key, value: value, headers: own + ours + more)
    }

    static func event(_ state: AuditEvent.State, run: String, note: String? = nil) -> AuditEvent {
        AuditEvent(
            state: state, run: run, by: "me@here", at: "2026-11-24T10:15:00.000Z", note: note, category: "validation",
            reason: "malformed", fingerprint: "00", count: 1,
            target: AuditEvent.Target(topic: "in", partition: 3, offset: 99), edits: ["a=b"])
    }

    /// A book with letters of partition 1, all of them asked for.
    static func book(
        _ offsets: ClosedRange<Int64>, audit: [Int64: AuditEvent] = [:], obstacle: ReplayObstacle? = nil
    ) -> LetterBook {
        var book = LetterBook()
        for (offset, event) in audit { book.note(event, of: LetterPlace(partition: 1, offset: offset)) }
        for offset in offsets {
            let place = LetterPlace(partition: 1, offset: offset)
            // The later ones are the older ones.
            book.take(place, LetterHeaders(record(place)), timestamp: 1000 - offset, obstacle: obstacle)
        }
        return book
    }

    static func filter(_ words: String...) throws -> LetterFilter {
        try LetterFilter(try Arguments(words, of: DeadLettersReplay.command), now: 0)
    }
}
