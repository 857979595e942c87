/// What a run of the simulation depends on besides its seed.
public struct SimulationSettings: Sendable {
    /// Processes that share the partitions.
    public var workers = 3
    /// Records that are produced, requests and notifications together.
    public var steps = 50
    /// Of each topic.
    public var partitions: Int32 = 4
    /// Whether persons may be erased, in those runs in which the seed says so.
    public var hasErasures = true
    /// What is switched off, to see that the checkers notice.
    public var without: Mechanism?
    /// Whether a readable trace is kept.
    public var keepsTrace = false

    public init() {}
}

/// A mechanism of which a promise makes use. A run without it must be seen to fail: the negative control.
public enum Mechanism: String, Sendable, CaseIterable {
    /// A new owner waits until no call of its predecessor can be running.
    case lease
    /// What may have taken effect is looked up before it is sent again.
    case lookUp = "look-up"
    /// The broker refuses the transactions of those who lost their partitions.
    case fencing
    /// A restore reads to the high watermark, not just to the last stable offset.
    case restoreToEnd = "restore-to-end"
    /// A restore waits for offsets that a transaction has sent and not yet committed.
    case stableOffsets = "stable-offsets"
    /// A changing call waits for the commit of its intent.
    case intentCommit = "intent-commit"
    /// The group's metadata are those of the moment at which the tick was taken.
    case groupMetadata = "group-metadata"
    /// What came with one membership of the group is not committed with another, nor kept by it.
    case membership
    /// A record is taken in once, though the library fetches it again.
    case nextOffsets = "next-offsets"
    /// When a commit fails for good, nobody knows whether it happened.
    case commitDoubt = "commit-doubt"
    /// The portal knows idempotency keys: the only thing that helps when bytes leave after the last look at the clock.
    case idempotencyKeys = "idempotency-keys"
    /// Which attachments are there is looked up before one is sent that may be there.
    case attachmentLookUp = "attachment-look-up"
    /// A filing of which nothing is known is looked up before it is sent for the first time.
    case adoption
    /// A shadow's changing calls do not go to the portal.
    case rehearsal
    /// Claims are told by the notice of their estate how near their deadline is, and those that are nearest go first.
    case deadlineOrder = "deadline-order"
    /// The ledger gets the tombstones of whoever is erased.
    case erasureTombstones = "erasure-tombstones"
    /// What was last seen of an estate is written with the news of it, and a new owner knows it.
    case followState = "follow-state"
    /// The checkpoint of following moves when all before it has been written, not sooner.
    case followCheckpoint = "follow-checkpoint"
}
