import Estates

/// Everything that one transaction carries.
public struct Tick: Sendable {
    public let id: UInt64
    public package(set) var parts: [TickPart] = []

    public var isEmpty: Bool { parts.isEmpty }
}

/// What a tick carries for one partition.
public struct TickPart: Sendable {
    public let partition: Int32
    public package(set) var ledger: [LedgerWrite] = []
    public internal(set) var outcomes: [Outcome] = []
    /// News of estates.
    public internal(set) var updates: [EstateUpdate] = []
    /// The next offset to read of each input. Never empty once something was read: a transaction that sends no offsets
    /// is not fenced by the group (docs/DESIGN.md, "Fencing").
    public internal(set) var positions: [InputTopic: Int64] = [:]

    /// Which incarnation of the partition it belongs to: a partition that was given up and came back is another one.
    let epoch: UInt64
    /// The filings written, with their versions, so that the commit can be noted.
    var versions: [FilingVersion] = []
}

struct FilingVersion: Sendable {
    let identity: FilingIdentity
    let version: UInt32
}

/// How a transaction ended.
public enum TickEnd: Hashable, Sendable {
    case committed
    /// Surely not committed; the same is to be written again.
    case aborted
    /// Nobody knows: the state in memory is worthless.
    case unknown
}
