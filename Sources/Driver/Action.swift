import Engine
import Estates

/// What a driver wants done outside. Whoever carries it out adds nothing of its own.
public enum Action: Sendable {
    /// As the engine's commands say.
    case call(CallTicket, PortalCall, deadline: Int64)
    case cancel(CallTicket)
    case report(Report)
    /// Read the partition's ledger, and hand what it holds to the engine.
    case restore(partition: Int32, epoch: UInt64)
    /// Whatever is being restored of the partition is not wanted any more.
    case forgetRestore(partition: Int32)

    /// Answer an assignment by assigning nothing: each partition is assigned when it has been restored.
    case answerAssignment
    /// Answer a revocation: unassign these, which are all that is fetched of what was revoked. It must be answered
    /// whatever happens: until then the whole group waits.
    case answerRevocation(unassigning: Set<Int32>)
    /// Begin to fetch both inputs of a partition. When that fails, say so (`Driver.intakeFailed`).
    case startIntake(IntakeStart)
    case pause(Set<Int32>)
    case resume(Set<Int32>)
    /// The assignment has changed, or fetching has: the library may sleep through it.
    case wakeLeaders(Set<Int32>)
    /// Leave the group.
    case close

    case tell(Notice)
}

/// How a partition begins to be fetched.
public struct IntakeStart: Sendable, Equatable {
    public let intake: Intake
    /// It is assigned already, and only moved to other offsets.
    public let isSeek: Bool
    /// Paused at once, or resumed: the library remembers a pause even from an earlier time when the partition was ours.
    public let isPaused: Bool
}

/// A partition and where its intake goes on; an input without an offset begins with its oldest record.
public struct Intake: Sendable, Equatable {
    public let partition: Int32
    public let positions: [InputTopic: Int64]
}

/// One partition of one input.
public struct InputPartition: Hashable, Sendable {
    public let topic: InputTopic
    public let partition: Int32
}

/// Something that an operator may want to know.
public enum Notice: Sendable, Equatable {
    case assigned(Set<Int32>)
    case revoked(Set<Int32>, isLost: Bool)
    /// Given up with calls under way.
    case undrained(Set<Int32>)
    /// Another membership has taken the place of ours, and these are restored.
    case membershipLost(Set<Int32>)
    /// The end of a drain's time: what is unfinished is settled by the next owner.
    case undrainedAtStop(Set<Int32>)
}
