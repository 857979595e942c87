import Engine
import Estates
import JSON
import Kafka

/// Turns a request's terminal result into the record that tells it.
struct OutcomeEncoder: Sendable {
    let topics: TopicNames
    let groupID: String
    /// A shadow says so in each answer.
    var mode = FilingMode.live
    /// Names this worker in dead letters: host and process.
    let worker: String
    /// In bytes: a dead letter that is larger goes without the original's value.
    var deadLetterLimit = TopicLimits.unknown.deadLetters
    /// For what the originals hold of persons.
    var seal = Seal(nil)
    /// Dead letters are never CloudEvents of ours: they keep the original's bytes and headers.
    var cloudEvents = CloudEventsMode.none
    /// Where our CloudEvents come from: a URI reference.
    var cloudEventsSource = ""

    func record(_ outcome: Outcome) -> OutgoingRecord {
        switch outcome {
        case .claimReply(let reply):
            self.reply(to: reply.record, topic: topics.claimReplies, value: value(reply)) {
                event(.claimReply(mode), of: reply.record, about: reply.request.id, at: reply.settledAt)
            }
        case .estateReply(let reply):
            self.reply(to: reply.record, topic: topics.estateReplies, value: value(reply)) {
                event(.estateReply(mode), of: reply.record, about: reply.notification.id, at: reply.settledAt)
            }
        case .deadLetter(let letter):
            self.deadLetter(letter).truncated(to: deadLetterLimit)
        }
    }

    private func deadLetter(_ letter: DeadLetter) -> OutgoingRecord {
        var headers = DeadLetterHeaders(letter, self).headers
        let source = letter.record.source
        let context = LetterSeal.context(
            topic: topics.name(of: source.topic), partition: String(source.partition), offset: String(source.offset))
        let (value, header) = seal.close(letter.record.value, context: context)
        if let header { headers.append(header) }
        return OutgoingRecord(
            topic: topics.deadLetters, partition: nil, key: letter.record.key, value: value, headers: headers,
            timestamp: nil)
    }

    private func reply(
        to record: OriginalRecord, topic: String, value: [UInt8], as event: () -> CloudEvent
    ) -> OutgoingRecord {
        var reply = OutgoingRecord(
            topic: topic, partition: nil, key: record.key, value: value, headers: [], timestamp: nil)
        switch cloudEvents {
        case .none: reply.headers = Correlation.headers(of: record)
        case .binary: reply.headers = event().headers + Correlation.plainHeaders(of: record)
        case .structured:
            reply.value = event().envelope(value)
            reply.headers =
                [Header(CloudEventHeader.contentType, text: MediaType.event)] + Correlation.plainHeaders(of: record)
        }
        return reply
    }

    /// A request is answered once, so its place names the answer.
    private func event(
        _ type: CloudEventType, of record: OriginalRecord, about subject: String, at time: Timestamp
    ) -> CloudEvent {
        let place = record.source
        return CloudEvent(
            type: type, id: "\(topics.name(of: place.topic))/\(place.partition)/\(place.offset)",
            source: cloudEventsSource, subject: subject, time: time.description, cause: record)
    }

    private func value(_ reply: ClaimReply) -> [UInt8] {
        JSONWriter.object { root in
            root.field("requestId", reply.request.id)
            root.field("shadow", isShadow)
            root.field("action", reply.request.action.rawValue)
            root.field("kind", reply.request.identity.kind.rawValue)
            root.field("reference", reply.request.identity.reference)
            creditor(reply.request.identity.creditor, &root)
            root.field("outcome", reply.outcome.rawValue)
            if reply.outcome == .wouldFile { root.field("amount", reply.request.contents?.body.amount?.description) }
            if let filed = reply.filed {
                root.field("estateId", filed.estate.text)
                // What was rehearsed has no receipt, and a number only if it was filed by somebody else.
                root.field("filingId", filed.filing.text.isEmpty ? nil : filed.filing.text)
                if !filed.isRehearsed { self.receipt(filed.receipt, &root) }
                if let first = filed.first {
                    root.object("firstReceipt") { receipt in
                        receipt.field("id", first.id)
                        receipt.field("receivedAt", first.receivedAt)
                    }
                }
                root.field("revision", filed.revision)
            }
            deadlines(after: reply.notice, &root)
            root.field("attempts", reply.attempts)
            root.field("settledAt", reply.settledAt.description)
            source(reply.record.source, &root)
        }
    }

    private func value(_ reply: EstateReply) -> [UInt8] {
        JSONWriter.object { root in
            root.field("notificationId", reply.notification.id)
            root.field("shadow", isShadow)
            switch reply.outcome {
            case .estateFound(let estate):
                root.field("outcome", "estate-found")
                root.field("estateId", estate.id.text)
                if let court = estate.court {
                    root.object("court") { object in
                        object.field("code", court.code)
                        object.field("name", court.name)
                    }
                }
                root.field("status", estate.status)
                root.field("treatment", estate.treatment)
                root.field("noticeDate", estate.noticeDate?.description)
                deadlines(after: estate.noticeDate, &root)
            case .withdrawn(let filings):
                root.field("outcome", "withdrawn")
                if !filings.isEmpty {
                    root.array("filings") { list in
                        for filing in filings {
                            list.object { self.filing(filing, of: reply.notification, &$0) }
                        }
                    }
                }
            }
            root.field("settledAt", reply.settledAt.description)
            source(reply.record.source, &root)
        }
    }

    /// A filing that stands though the person lives, with the request that withdraws it: complete but for `deceased`, since
    /// no reply names anybody.
    private func filing(
        _ filing: FilingToWithdraw, of notification: DeathNotification, _ object: inout JSONWriter
    ) {
        object.field("kind", filing.identity.kind.rawValue)
        object.field("reference", filing.identity.reference)
        creditor(filing.identity.creditor, &object)
        object.field("state", filing.filed.map { $0.isRehearsed ? "would-be-filed" : "filed" } ?? "under-way")
        object.field("estateId", filing.filed?.estate.text)
        if let filed = filing.filed, !filed.filing.text.isEmpty { object.field("filingId", filed.filing.text) }
        if let filed = filing.filed, !filed.isRehearsed { receipt(filed.receipt, &object) }
        object.object("withdraw") { request in
            request.field("id", "\(notification.id)/\(filing.identity.path)")
            request.field("action", FilingAction.withdraw.rawValue)
            request.field("kind", filing.identity.kind.rawValue)
            request.field("reference", filing.identity.reference)
            creditor(filing.identity.creditor, &request)
        }
    }

    func creditor(_ creditor: Creditor, _ root: inout JSONWriter) {
        root.object("creditor") { object in
            object.field("cvr", creditor.cvr.digits)
            object.field("onBehalfOf", creditor.onBehalfOf?.digits)
        }
    }

    func deadlines(after notice: CalendarDate?, _ root: inout JSONWriter) {
        guard let notice else { return }
        root.field("claimDeadline", ClaimDeadline(ofClaimsAfter: notice).end.description)
        root.field("finalClaimDeadline", ClaimDeadline(ofFinalClaimsAfter: notice).end.description)
    }

    private func receipt(_ receipt: Receipt, _ root: inout JSONWriter) {
        root.object("receipt") { object in
            object.field("id", receipt.id)
            object.field("receivedAt", receipt.receivedAt)
        }
    }

    /// Nil leaves the member out.
    private var isShadow: Bool? { mode == .shadow ? true : nil }

    private func source(_ source: Source, _ root: inout JSONWriter) {
        root.object("source") { object in
            object.field("topic", topics.name(of: source.topic))
            object.field("partition", Int64(source.partition))
            object.field("offset", source.offset)
        }
    }
}

/// The headers by which senders find their answers.
enum Correlation {
    static func headers(of record: OriginalRecord) -> [Header] {
        if record.headers.isEmpty { return [] }
        return record.headers.filter { isCorrelation($0.name) }.map { Header($0.name, $0.value) }
    }

    /// Those that are no attributes of a CloudEvent.
    static func plainHeaders(of record: OriginalRecord) -> [Header] {
        headers(of: record).filter { !$0.name.hasPrefix("ce_") }
    }

    private static func isCorrelation(_ name: String) -> Bool {
        switch name {
        case "traceparent", "tracestate", "kafka_correlationId", "correlation-id", "ce_correlationid", "ce_id",
            "ce_source", "ce_subject", "ce_traceparent", "ce_tracestate":
            true
        default: false
        }
    }
}
