import Estates

/// Names one call between the engine and whoever makes it.
public struct CallTicket: Hashable, Sendable {
    public let number: UInt64
    public init(number: UInt64) { self.number = number }
}

/// What the engine wants done outside.
public enum Command: Hashable, Sendable {
    /// Make this call and report what became of it. Not to be started or still running at the deadline, which is on the
    /// monotonic clock, in milliseconds.
    case call(CallTicket, PortalCall, deadline: Int64)
    /// The answer is not wanted any more: the partition is gone.
    case cancel(CallTicket)
    /// Stop taking records of this partition, read its ledger to the end, and hand it over with this epoch.
    case restore(partition: Int32, epoch: UInt64)
    /// Take records of this partition from these offsets on; nil is the beginning.
    case startIntake(partition: Int32, positions: [InputTopic: Int64])
    /// Nothing of this partition is under way any more: it can be given up.
    case drained(partition: Int32)
    /// Something that an operator should know.
    case report(Report)
}

/// Something that an operator should know. It names no person.
public enum Report: Hashable, Sendable {
    /// The ledger lists a request whose contents it has not.
    case contentsMissing(partition: Int32, offset: Int64)
    /// The portal has more than one filing under a reference of ours.
    case duplicateAtPortal(FilingIdentity, count: Int)
    /// A filing's answer was lost and will be looked up.
    case answerLost(FilingIdentity, PortalFailure)
    /// A filing can lose its right, or has lost it. Each mark of each filing is told once, and again when a worker died just
    /// then.
    case deadlineNear(FilingIdentity, DeadlineNews, ClaimDeadline)
    /// No call is made any more but probes.
    case gateClosed(GateCause)
    /// Some questions about followed estates had no usable answer: changes since then will be asked for again.
    case followingIncomplete(partition: Int32, since: Timestamp)
    /// That has been so for too long, and they are not asked for again: changes between the two times, by the portal's
    /// clock, may not have been told.
    case followingGivenUp(partition: Int32, from: Timestamp, to: Timestamp)
    /// Calls are made again, on trial.
    case gateOpened(GateClosure)
}
