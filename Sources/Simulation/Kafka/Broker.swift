import Driver
import Engine

/// The part of Kafka that exactly-once rests on: transactions with their coordinator, the ledger's partitions, committed
/// offsets and producer epochs. It is told when things happen and decides nothing about time.
struct Broker {
    var ledgers: [LedgerLog]
    var transactions: [Transaction] = []
    /// Committed offsets by log (`Workload.log`).
    var offsets: [Int64?]
    /// Offsets sent by transactions that are not settled, by partition.
    private(set) var pendingOffsets: [Int]
    /// The epoch of each transactional id, which is a slot's.
    private var epochs: [Int]
    private let partitions: Int

    init(partitions: Int, slots: Int) {
        self.partitions = partitions
        ledgers = Array(repeating: LedgerLog(), count: partitions)
        offsets = Array(repeating: nil, count: 2 * partitions)
        pendingOffsets = Array(repeating: 0, count: partitions)
        epochs = Array(repeating: 0, count: slots)
    }

    /// The transaction of a slot whose markers are not all written.
    func unsettled(slot: Int) -> Int? {
        transactions.lastIndex { $0.slot == slot && ($0.state == .open || $0.markersLeft > 0) }
    }

    func isCurrent(slot: Int, epoch: Int) -> Bool { epochs[slot] == epoch }

    /// What `init_transactions` does last: whoever used the id before is fenced.
    mutating func raiseEpoch(slot: Int) -> Int {
        epochs[slot] += 1
        return epochs[slot]
    }

    mutating func begin(slot: Int, epoch: Int, worker: Int, number count: Int, _ tick: Tick?) -> Int {
        let number = transactions.count
        let parts = tick?.parts ?? []
        transactions.append(Transaction(slot: slot, epoch: epoch, worker: worker, number: count, parts: parts))
        for part in parts where !part.ledger.isEmpty {
            ledgers[Int(part.partition)].append(part.ledger, by: number)
        }
        return number
    }

    mutating func take(_ offsets: [(place: InputPartition, offset: Int64)], _ number: Int) {
        guard transactions[number].offsets == nil else { return }
        transactions[number].offsets = offsets
        for (place, _) in offsets { pendingOffsets[Int(place.partition)] += 1 }
    }

    /// Decides a transaction and says where its markers must go.
    mutating func decide(_ number: Int, commits: Bool) -> [MarkerTarget] {
        transactions[number].state = commits ? .committed : .aborted
        var targets: [MarkerTarget] = transactions[number].parts.compactMap {
            $0.ledger.isEmpty ? nil : .ledger($0.partition)
        }
        if transactions[number].offsets != nil { targets.append(.offsets) }
        transactions[number].markersLeft = targets.count
        return targets
    }

    mutating func mark(_ number: Int, _ target: MarkerTarget) {
        transactions[number].markersLeft -= 1
        switch target {
        case .ledger(let partition):
            ledgers[Int(partition)].mark(number)
        case .offsets:
            let transaction = transactions[number]
            for (place, offset) in transaction.offsets ?? [] {
                pendingOffsets[Int(place.partition)] -= 1
                if transaction.state == .committed { offsets[log(place.topic, place.partition)] = offset }
            }
        }
    }

    func committed(_ partition: Int32) -> [InputTopic: Int64] {
        var positions: [InputTopic: Int64] = [:]
        for topic in InputTopic.allCases { positions[topic] = offsets[log(topic, partition)] }
        return positions
    }

    func visible(_ partition: Int32) -> LedgerView {
        ledgers[Int(partition)].visible { transactions[$0].state == .committed }
    }

    mutating func compact(_ partition: Int, removesTombstones: Bool) -> Int {
        let transactions = transactions
        return ledgers[partition].compact(removesTombstones: removesTombstones) {
            transactions[$0].state == .committed
        }
    }

    private func log(_ topic: InputTopic, _ partition: Int32) -> Int {
        (topic == .claimRequests ? 0 : partitions) + Int(partition)
    }
}
