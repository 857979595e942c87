import Engine
import Estates
import Kafka

/// What is known of a person before anything is done: what the ledger has of theirs, and what stands in the way.
struct ErasePlan {
    let key: [UInt8]
    let person: PersonInLedger
    /// Dead letters that were neither replayed nor discarded.
    let openLetters: Int
    /// Where the ledger ended; answers come after that.
    let ends: [Int32: Int64]

    init(key: String, _ letters: DeadLetterTopic) throws(CommandFailure) {
        self.key = Array(key.utf8)
        let topic = letters.settings.topics.ledger
        // Without keys nothing is opened: what is asked for stands in the clear.
        var blind = letters.settings
        blind.encryption = nil
        let clients = KafkaClients(settings: blind, log: SettingsOptions.quietLog(blind))
        var person = PersonInLedger(key: self.key)
        var unreadable: String?
        do throws(KafkaError) {
            let scan = try TopicScan(clients, topic: topic)
            ends = try scan.marks(since: nil, letters.admin).mapValues(\.high)
            try scan.begin(letters.admin)
            while unreadable == nil, let record = try scan.next() {
                do throws(LedgerProblem) { try person.take(record) } catch {
                    unreadable = "\(record.topicPartition), offset \(record.offset): \(error)"
                }
            }
        } catch {
            throw CommandFailure(error, while: "reading \(topic)")
        }
        if let unreadable { throw CommandFailure(.foundWrong, unreadable) }
        self.person = person
        let filter = LetterFilter(openOfPerson: key)
        let book = try letters.survey(filter)
        var open = 0
        book.visit { _, note in if filter.takes(note.status) { open += 1 } }
        openLetters = open
    }

    /// What has to be done before; empty when nothing stands in the way.
    var obstacles: [String] {
        ErasePlan.obstacles(person.unfinished)
            + (openLetters == 0
                ? []
                : [
                    """
                    \(openLetters) dead letter\(openLetters == 1 ? " of theirs is" : "s of theirs are") open; replayed after an \
                    erasure, a request would be filed anew. Before it, give
                        proklama dead-letters replay --key KEY, or proklama dead-letters discard --key KEY --note WHY
                    """
                ])
    }

    static func obstacles(_ unfinished: UnfinishedWork) -> [String] {
        var texts: [String] = []
        if unfinished.requests + unfinished.notifications > 0 {
            var pending = unfinished
            pending.inDoubt = 0
            texts.append(
                """
                \(pending.text). Wait for the answers, or end the waiting: a request with "action":"withdraw" cancels \
                one that was not sent yet, a death notification with "withdrawn":true cancels all of the person's
                """)
        }
        if unfinished.inDoubt > 0 {
            texts.append(
                """
                \(UnfinishedWork(inDoubt: unfinished.inDoubt).text): nobody knows whether the portal has it. Its dead letter, \
                replayed, looks it up:
                    proklama dead-letters replay --key KEY
                """)
        }
        return texts
    }
}
