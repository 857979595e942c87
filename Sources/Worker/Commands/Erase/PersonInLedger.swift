import Engine
import Estates
import Kafka

/// What the ledger has of one person, by partition; read from outside, as any reader of the topic can.
struct PersonInLedger {
    struct Share {
        /// Filings of which nothing is pending or in doubt, if nobody else's request is.
        var filings: Set<FilingIdentity> = []
        var inDoubt: Set<FilingIdentity> = []
        /// Pending requests and notifications.
        var requests: Set<Source> = []
        /// Estates that are followed under the person's key.
        var estates: Set<EstateID> = []

        var isNothing: Bool { filings.isEmpty && inDoubt.isEmpty && requests.isEmpty && estates.isEmpty }

        var unfinished: UnfinishedWork {
            UnfinishedWork(
                requests: requests.count { $0.topic == .claimRequests },
                notifications: requests.count { $0.topic == .deathNotifications }, inDoubt: inDoubt.count)
        }
    }

    private let key: [UInt8]
    private let person: PersonKey
    private let mark: String
    private var shares: [Int32: Share] = [:]
    /// Orders to erase that may have been about the person: their marks are the same.
    private(set) var earlier: [Erasure] = []

    init(key: [UInt8]) {
        self.key = key
        person = PersonKey(key)
        mark = ErasureOrder.mark(of: key)
    }

    /// Partitions that hold something of the person. One as a rule; more when their records were once produced with another
    /// partitioner.
    var partitions: [Int32] { shares.filter { !$0.value.isNothing }.keys.sorted() }

    var filings: Int { shares.values.reduce(0) { $0 + $1.filings.count } }

    /// What stands in the way of an erasure.
    var unfinished: UnfinishedWork {
        shares.values.reduce(into: UnfinishedWork()) { $0.add($1.unfinished) }
    }

    /// The records of the ledger, each partition's in order.
    mutating func take(_ record: Record) throws(LedgerProblem) {
        let partition = record.partition
        guard let key = record.key.flatMap({ LedgerKey($0, partition: partition) }) else { return }
        switch key {
        case .filing(let identity):
            shares[partition]?.filings.remove(identity)
            shares[partition]?.inDoubt.remove(identity)
            guard let value = record.value else { return }
            let entry = try FilingEntry(identity, json: value)
            guard entry.filed?.person == person || entry.givenUpFor == person else { return }
            if entry.doubt != nil {
                shares[partition, default: Share()].inDoubt.insert(identity)
            } else {
                shares[partition, default: Share()].filings.insert(identity)
            }
        case .request(let source):
            if record.value == nil {
                shares[partition]?.requests.remove(source)
            } else if StoredRequest.key(of: record) == self.key {
                shares[partition, default: Share()].requests.insert(source)
            }
        case .erasure(let offset):
            guard let value = record.value else { return }
            let erasure = try Erasure(offset: offset, json: value)
            if erasure.order.mark == mark { earlier.append(erasure) }
        case .estate(let id):
            shares[partition]?.estates.remove(id)
            guard let value = record.value,
                try FollowedEstate(id, json: value, headers: record.headers).key == self.key
            else { return }
            shares[partition, default: Share()].estates.insert(id)
        case .notification, .checkpoint:
            break
        }
    }
}

extension UnfinishedWork {
    mutating func add(_ other: UnfinishedWork) {
        requests += other.requests
        notifications += other.notifications
        inDoubt += other.inDoubt
    }

    /// `2 requests and 1 notification without an answer, 1 filing in doubt`
    var text: String {
        var parts: [String] = []
        if requests > 0 { parts.append("\(requests) request\(requests == 1 ? "" : "s") without an answer") }
        if notifications > 0 {
            parts.append("\(notifications) death notification\(notifications == 1 ? "" : "s") without an answer")
        }
        if inDoubt > 0 { parts.append("\(inDoubt) filing\(inDoubt == 1 ? "" : "s") in doubt") }
        return parts.joined(separator: ", ")
    }
}
