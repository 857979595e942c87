import Engine
import Estates

/// Something that happens at a moment of a run. `worker` is the number of a process, which no other process ever has.
enum Event {
    case produce(Int)

    // To a worker: dropped when it is dead, kept back while it is stopped.
    case wake(worker: Int)
    case tick(worker: Int)
    case fetch(worker: Int)
    case heartbeat(worker: Int)
    case answer(worker: Int, BrokerAnswer)
    case drainTimeout(worker: Int, round: Int)
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

    // From outside.
    case fault
    case start(slot: Int)
    case resume(worker: Int)
    case quiet
    case checkProgress

    /// The worker that must be alive and running for it.
    var worker: Int? {
        switch self {
        case .wake(let worker), .tick(let worker), .fetch(let worker), .heartbeat(let worker), .answer(let worker, _),
            .drainTimeout(let worker, _), .send(let worker, _), .called(let worker, _, _):
            worker
        case .produce, .request, .marker, .transactionTimeout, .sessionTimeout, .joinTimeout, .compact, .portal,
            .fault, .start, .resume, .quiet, .checkProgress:
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
    case join(member: Int?, owned: UInt32)
    case heartbeat(member: Int)
    case leave(member: Int)
    case initProducer
    case produce(epoch: Int, Tick)
    case sendOffsets(epoch: Int, transaction: Int, GroupMetadata)
    case commit(epoch: Int, transaction: Int, answerIsLost: Bool)
    case abort(epoch: Int, transaction: Int)
    case committed(Int32, epoch: UInt64)
    case readLedger(Int32, epoch: UInt64, positions: [InputTopic: Int64])
}

/// What the broker answers.
enum BrokerAnswer {
    case synced(member: Int, generation: Int, assigned: UInt32)
    case rebalancing
    case unknownMember
    case fencedInstance
    case left
    case producer(epoch: Int)
    /// Of the transaction of that tick.
    case step(tick: UInt64, TransactionStep)
    case committed(Int32, epoch: UInt64, positions: [InputTopic: Int64])
    case ledger(Int32, epoch: UInt64, RestoredPartition)
}

/// What becomes of a step of a transaction.
enum TransactionStep {
    case produced(transaction: Int)
    case offsetsSent
    case ended(TickEnd)
    /// To be aborted and written again.
    case abortable
    /// The producer is of no use any more.
    case fatal
}

/// What proves that a transaction belongs to a member of the group.
struct GroupMetadata {
    let member: Int?
    let generation: Int
}
