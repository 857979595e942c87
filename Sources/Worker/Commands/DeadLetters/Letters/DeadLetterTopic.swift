import Kafka

/// The dead-letter topic and its audit, read for the commands. It joins no group and commits no offset.
struct DeadLetterTopic {
    let settings: WorkerSettings
    let clients: KafkaClients
    let admin: Admin
    private let console: Console

    init(_ settings: WorkerSettings, _ console: Console) throws(CommandFailure) {
        self.settings = settings
        self.console = console
        clients = KafkaClients(settings: settings, log: SettingsOptions.quietLog(settings))
        admin = try TopicsCommand.admin(settings)
    }

    var name: String { settings.topics.deadLetters }

    /// What the audit says now. An installation whose audit topic was never made has replayed nothing.
    ///
    /// - Returns: who wrote to it last, as far as it was told.
    @discardableResult
    func audit(_ visit: (LetterPlace, AuditEntry) -> Void) throws(CommandFailure) -> LockHolder? {
        do throws(KafkaError) {
            let scan = try TopicScan(clients, topic: settings.topics.deadLettersAudit)
            do throws(KafkaError) { try scan.begin(admin) } catch {
                if DeadLetterTopic.isMissing(error) { return nil }
                throw error
            }
            return try AuditEntry.each(of: scan, visit)
        } catch {
            throw CommandFailure(error, while: "reading \(settings.topics.deadLettersAudit)")
        }
    }

    /// Every letter since a time (nil: all) to where the topic ends now.
    func letters(since: Int64?, _ visit: (Record, LetterHeaders) -> Void) throws(CommandFailure) {
        try reading { scan throws(KafkaError) in
            try scan.begin(since: since, admin)
            var pace = Pace()
            while let record = try scan.next() {
                visit(record, LetterHeaders(record))
                if pace.isDue() { console.progress("read \(Int(scan.share * 100)) %") }
            }
            console.clearProgress()
        }
    }

    /// Reads everything once: what is known of each letter that the filter takes, but for `--status`.
    ///
    /// - Parameter obstacle: why a replay would refuse it.
    /// - Parameter whenSure: gets each letter that the filter takes, if its status is sure before all have been read: when
    ///   nothing was ever replayed.
    func survey(
        _ filter: LetterFilter, obstacle: (LetterHeaders) -> ReplayObstacle? = { _ in nil },
        whenSure: (Record, LetterHeaders, LetterNote) -> Void = { _, _, _ in }
    ) throws(CommandFailure) -> LetterBook {
        var book = LetterBook()
        // What was done about earlier letters is not asked for, and there may be a million.
        let first = try filter.since.map { since throws(CommandFailure) in try firstOffsets(since: since) } ?? [:]
        book.lockHolder = try audit { place, entry in
            if place.offset >= first[place.partition] ?? 0 { book.note(entry.newest, of: place) }
        }
        try letters(since: filter.since) { record, headers in
            book.follow(headers)
            guard filter.takes(record, headers) else { return }
            let place = LetterPlace(partition: record.partition, offset: record.offset)
            book.take(place, headers, timestamp: record.timestamp, obstacle: obstacle(headers))
            if !book.hasReplays { whenSure(record, headers, book[place]) }
        }
        return book
    }

    /// One letter; nil when there is none at that place.
    func letter(at place: LetterPlace) throws(CommandFailure) -> Record? {
        try reading { scan throws(KafkaError) in try scan.record(partition: place.partition, offset: place.offset) }
    }

    /// Where the letters since a time begin in each partition.
    private func firstOffsets(since: Int64) throws(CommandFailure) -> [Int32: Int64] {
        try reading { scan throws(KafkaError) in try scan.marks(since: since, admin).mapValues(\.low) }
    }

    private func reading<Value>(
        _ body: (TopicScan) throws(KafkaError) -> Value
    ) throws(CommandFailure) -> Value {
        do throws(KafkaError) { return try body(try TopicScan(clients, topic: name)) } catch {
            if DeadLetterTopic.isMissing(error) {
                throw CommandFailure(.foundWrong, "\(name): there is no such topic or partition")
            }
            throw CommandFailure(error, while: "reading \(name)")
        }
    }

    static func isMissing(_ error: KafkaError) -> Bool {
        error.is(.unknownTopicOrPartition) || error.is(.unknownTopicLocally) || error.is(.unknownPartitionLocally)
    }
}
