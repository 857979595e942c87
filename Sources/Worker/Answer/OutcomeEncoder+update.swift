import Engine
import Estates
import JSON
import Kafka

extension OutcomeEncoder {
    /// News of an estate, under the key of the request that found it.
    func record(_ update: EstateUpdate) -> OutgoingRecord {
        var record = OutgoingRecord(
            topic: topics.estateUpdates, partition: nil, key: update.key, value: value(update), headers: [],
            timestamp: nil)
        switch cloudEvents {
        case .none: break
        case .binary: record.headers = event(update).headers
        case .structured:
            record.value = event(update).envelope(value(update))
            record.headers = [Header(CloudEventHeader.contentType, text: MediaType.event)]
        }
        return record
    }

    /// At one moment an estate, or a filing in it, has one change of each sort.
    private func event(_ update: EstateUpdate) -> CloudEvent {
        let subject = update.filing.map { "/\($0.identity.path)" } ?? ""
        return CloudEvent(
            type: .estateUpdate, id: "\(update.estate)/\(update.change.rawValue)\(subject)/\(update.seenAt)",
            source: cloudEventsSource, subject: update.estate.text, time: update.seenAt.description, cause: nil)
    }

    private func value(_ update: EstateUpdate) -> [UInt8] {
        JSONWriter.object { root in
            root.field("estateId", update.estate.text)
            root.field("change", update.change.rawValue)
            root.field("before", update.before)
            root.field("after", update.after)
            if let court = update.court {
                root.object("court") { object in
                    object.field("code", court.code)
                    object.field("name", court.name)
                }
            }
            root.field("noticeDate", update.noticeDate?.description)
            deadlines(after: update.noticeDate, &root)
            // Reckoned from a day on which the estate was surely not insolvent yet, so it is never too late.
            root.field(
                "preferentialPositionDeadline",
                update.insolventSince.map { ClaimDeadline(ofClaimsAfter: $0).safeEnd.description })
            if let filing = update.filing {
                root.object("filing") { object in
                    object.field("kind", filing.identity.kind.rawValue)
                    object.field("reference", filing.identity.reference)
                    creditor(filing.identity.creditor, &object)
                    object.field("filingId", filing.id.text)
                    object.field("status", update.after)
                }
            }
            root.field("seenAt", update.seenAt.description)
        }
    }
}
