import Engine
import Kafka

extension Committer {
    /// After a record, or a batch of them, was refused as too large, and the transaction has been aborted.
    func tooLarge(_ refusal: KafkaError, _ tick: Tick) -> TickEnd {
        log.error(
            "record.too-large", "a topic has refused a record as too large; raise its max.message.bytes",
            ["detail": .text(refusal.message)])
        discard()
        // They may not have been known yet, and an operator may have changed them.
        if let told = TopicLimits.ask(clients), told != limits {
            adopt(told)
            return .unknown
        }
        if !isCautious {
            isCautious = true
            return .aborted
        }
        lowerLimits(refusal, tick)
        return .unknown
    }

    /// The largest record that went to the topic that refused is too large.
    private func lowerLimits(_ refusal: KafkaError, _ tick: Tick) {
        let topics = clients.settings.topics
        // The error has no field for it; its text begins with what it is about.
        func isAbout(_ topic: String) -> Bool {
            refusal.message.hasPrefix("\(topic): ") || refusal.message.hasPrefix("produce to \(topic): ")
        }
        if isAbout(topics.ledger) {
            let sizes = tick.parts.flatMap { $0.ledger.map { RecordSize.of(LedgerRecord($0, clients.seal)) } }
            limits.ledger = min(limits.ledger, (sizes.max() ?? 1) - 1)
        } else if isAbout(topics.deadLetters) {
            let sizes = tick.parts.flatMap { $0.outcomes.map { RecordSize.of(encoder.record($0)) } }
            limits.deadLetters = min(limits.deadLetters, (sizes.max() ?? 1) - 1)
            encoder.deadLetterLimit = limits.deadLetters
        }
    }
}
