import Engine
import Kafka

/// Tells beforehand what the worker will refuse without asking the portal.
struct Forecast: Sendable {
    private let parser: RecordParser
    private let allowedCreditors: AllowedCreditors?
    private let input: InputTopic

    /// What a worker with these settings will refuse.
    init(_ settings: WorkerSettings, input: InputTopic) {
        parser = RecordParser(settings)
        allowedCreditors = settings.allowedCreditors
        self.input = input
    }

    /// What any worker will refuse, unless it takes larger attachments than by default.
    init(isProduction: Bool, input: InputTopic) {
        parser = RecordParser(isProduction: isProduction)
        allowedCreditors = nil
        self.input = input
    }

    /// Why it will be refused, in words; nil when it will not be, as far as can be told.
    func warning(_ record: OutgoingRecord) -> String? {
        failure(record).map { "\($0.reason.rawValue): \($0.message)" }
    }

    /// Why it will be refused; nil when it will not be, as far as can be told.
    func failure(_ record: OutgoingRecord) -> Failure? {
        let source = Source(topic: input, partition: 0, offset: 0)
        let original = OriginalRecord(
            source: source, timestamp: -1, key: record.key, value: record.value,
            headers: record.headers.map { RecordHeader(name: $0.name, value: $0.value) })
        switch parser.admit(original, allowedCreditors) {
        case .request, .notification, .erasure: return nil
        case .rejected(let failure): return failure
        }
    }
}
