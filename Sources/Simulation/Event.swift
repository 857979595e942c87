import Driver
import Engine
import Estates

/// Something that happens at a moment of a run. `worker` is the number of a process, which no other process ever has.
enum Event {
    case produce(Int)

    // To a worker: dropped when it is dead, kept back while it is stopped.
    case wake(worker: Int)
    case tick(worker: Int)
    case poll(worker: Int)
    case heartbeat(worker: Int)
    case answer(worker: Int, BrokerAnswer)
    case send(worker: Int, CallTicket)
    case called(worker: Int, CallTicket, Result<PortalAnswer, PortalFailure>)

    // To the broker.
    case request(worker: Int, BrokerRequest)
    case marker(transaction: Int, MarkerTarget)
    case transactionTimeout(transaction: Int)
    case sessionTimeout(member: Int, lastSeen: Int64)
    case joinTimeout(round: Int)
    case compact

    // To the portal.
    case portal(call: Int)
    case happening(Int)

    // From outside.
    case fault
    case start(slot: Int)
    case resume(worker: Int)
    case quiet
    case checkProgress

    /// The worker that must be alive and running for it.
    var worker: Int? {
        switch self {
        case .wake(let worker), .tick(let worker), .poll(let worker), .heartbeat(let worker), .answer(let worker, _),
            .send(let worker, _), .called(let worker, _, _):
            worker
        case .produce, .request, .marker, .transactionTimeout, .sessionTimeout, .joinTimeout, .compact, .portal,
            .happening, .fault, .start, .resume, .quiet, .checkProgress:
            nil
        }
    }
}

/// Where a transaction's end is written.
enum MarkerTarget {
    case ledger(Int32)
    case offsets
}

/// What a worker asks of the broker.
enum BrokerRequest {
    case join(attempt: Int, member: Int?, owned: UInt32)
    case heartbeat(member: Int)
    case leave(member: Int)
    case initProducer
    case produce(epoch: Int, number: Int, Commitment)
    case sendOffsets(epoch: Int, transaction: Int, GroupMetadata, Commitment)
    case commit(epoch: Int, transaction: Int, answerIsLost: Bool)
    case abort(epoch: Int, transaction: Int)
    case committed(Int32, epoch: UInt64)
    case readLedger(Int32, epoch: UInt64)
    /// Another worker's transaction that holds a restore up.
    case endOldest(Int32)
}

/// What the broker answers.
enum BrokerAnswer {
    case synced(attempt: Int, member: Int, generation: Int, assigned: UInt32)
    case rebalancing
    /// Of a JoinGroup.
    case joinRefused(attempt: Int)
    /// Of a heartbeat.
    case unknownMember(Int)
    case fencedInstance
    case producer(epoch: Int)
    /// Of the worker's transaction of that number.
    case step(number: Int, TransactionAnswer)
    /// Nil while a transaction that has sent offsets is pending.
    case committed(Int32, epoch: UInt64, InputOffsets?)
    case ledgerEnd(Int32, epoch: UInt64, LedgerEnd)
}

/// How a transactional call ended.
enum TransactionAnswer {
    /// With the broker's number of the transaction, when it began with this.
    case done(transaction: Int? = nil)
    case failed(TransactionRun.Failure)
}

/// What the broker knows of the inputs' offsets of a partition.
struct InputOffsets {
    let committed: [InputTopic: Int64]
    let ends: [InputTopic: Int64]
}

/// What a read_committed reader of a ledger takes for its end.
struct LedgerEnd {
    let offset: Int64
    let highWatermark: Int64
    /// All that it has read.
    let view: LedgerView
}

/// What proves that a transaction belongs to a member of the group.
struct GroupMetadata {
    let member: Int?
    let generation: Int
}
