import Engine
import Estates
import JSON
import Kafka

/// A ledger record as Kafka has it.
struct LedgerRecord: Sendable {
    let key: [UInt8]
    /// Nil is a tombstone: compaction removes the key.
    let value: [UInt8]?
    let headers: [Header]

    init(key: String, value: [UInt8]?, headers: [Header] = []) {
        self.key = Array(key.utf8)
        self.value = value
        self.headers = headers
    }

    /// Requests and notifications hold personal data and are sealed; the rest names no person.
    init(_ write: LedgerWrite, _ seal: Seal) {
        switch write {
        case .request(let record):
            let key = LedgerKey.request(record.source).text
            let (value, header) = seal.close(record.value, context: Array(key.utf8))
            self.init(key: key, value: value, headers: (header.map { [$0] } ?? []) + StoredRequest.headers(record))
        case .forgetRequest(let source):
            self.init(key: LedgerKey.request(source).text, value: nil)
        case .filing(let entry):
            self.init(key: LedgerKey.filing(entry.identity).text, value: entry.json)
        case .forgetFiling(let identity):
            self.init(key: LedgerKey.filing(identity).text, value: nil)
        case .notification(let entry):
            self.init(key: LedgerKey.notification(entry.offset).text, value: entry.json)
        case .forgetNotification(let offset):
            self.init(key: LedgerKey.notification(offset).text, value: nil)
        case .erasure(let erasure):
            self.init(key: LedgerKey.erasure(erasure.offset).text, value: erasure.json)
        case .estate(let estate):
            self.init(key: LedgerKey.estate(estate.id).text, value: estate.json, headers: estate.headers)
        case .forgetEstate(let id):
            self.init(key: LedgerKey.estate(id).text, value: nil)
        case .checkpoint(let checkpoint):
            self.init(key: LedgerKey.checkpoint.text, value: checkpoint.json)
        }
    }
}

/// What a ledger record is about; its text is the record's key.
enum LedgerKey: Hashable, Sendable {
    case filing(FilingIdentity)
    /// A pending request or notification; the partition is the ledger's own.
    case request(Source)
    /// The schedule of a pending notification, by its offset.
    case notification(Int64)
    /// What became of an order to erase, by its offset in claim-requests. It stays, and no worker needs it.
    case erasure(Int64)
    /// An estate that is followed, as it was last seen.
    case estate(EstateID)
    /// How far following has come in the partition.
    case checkpoint

    var text: String {
        switch self {
        case .filing(let identity): "filing/\(identity.path)"
        case .request(let source): "request/\(source.topic.rawValue)/\(source.offset)"
        case .notification(let offset): "notification/\(offset)"
        case .erasure(let offset): "erasure/\(offset)"
        case .estate(let id): "estate/\(id)"
        case .checkpoint: "follow/checkpoint"
        }
    }

    /// - Parameter partition: of the ledger, and so of the source.
    init?(_ bytes: [UInt8], partition: Int32) {
        let text = String(decoding: bytes, as: UTF8.self)
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        switch parts[0] {
        case "filing":
            guard let identity = FilingIdentity(path: String(parts[1])) else { return nil }
            self = .filing(identity)
        case "request":
            let place = parts[1].split(separator: "/")
            guard place.count == 2, let topic = InputTopic(rawValue: String(place[0])), let offset = Int64(place[1])
            else { return nil }
            self = .request(Source(topic: topic, partition: partition, offset: offset))
        case "notification":
            guard let offset = Int64(parts[1]) else { return nil }
            self = .notification(offset)
        case "erasure":
            guard let offset = Int64(parts[1]) else { return nil }
            self = .erasure(offset)
        case "estate" where !parts[1].isEmpty: self = .estate(EstateID(String(parts[1])))
        case "follow" where parts[1] == "checkpoint": self = .checkpoint
        default:
            return nil
        }
    }
}

/// A request record inside the ledger: the value as it was, or sealed, and headers of ours before its own.
enum StoredRequest {
    private static let key = "proklama.ledger.key"
    private static let timestamp = "proklama.ledger.timestamp"

    static func headers(_ record: OriginalRecord) -> [Header] {
        [Header(key, record.key), Header(timestamp, text: String(record.timestamp))]
            + record.headers.map { Header($0.name, $0.value) }
    }

    /// The name of the key that it is sealed with; nil when it is not. A sender's own header of that name comes after ours.
    static func sealingKey(_ stored: Record) -> String? {
        guard let first = LedgerMark.others(stored.headers).first, first.name == Seal.header else { return nil }
        return first.text ?? ""
    }

    /// The original's key. It can be told of a sealed record too.
    static func key(of stored: Record) -> [UInt8]? {
        let own = LedgerMark.others(stored.headers).prefix(2)
        return own.first { $0.name == key }?.value
    }

    static func record(_ stored: Record, source: Source, _ seal: Seal) throws(LedgerProblem) -> OriginalRecord {
        var headers = LedgerMark.others(stored.headers)
        var value = stored.value
        if let name = sealingKey(stored) {
            headers = headers.dropFirst()
            do throws(SealProblem) {
                value = try value.map { (bytes) throws(SealProblem) in
                    try seal.open(bytes, key: name, context: stored.key ?? [])
                }
            } catch {
                throw LedgerProblem(sealed: error)
            }
        }
        guard headers.count >= 2, headers[headers.startIndex].name == key,
            headers[headers.startIndex + 1].name == timestamp,
            let time = headers[headers.startIndex + 1].text.flatMap({ Int64($0) })
        else { throw LedgerProblem("its own headers") }
        return OriginalRecord(
            source: source, timestamp: time, key: headers[headers.startIndex].value, value: value,
            headers: headers.dropFirst(2).map { RecordHeader(name: $0.name, value: $0.value) })
    }
}
