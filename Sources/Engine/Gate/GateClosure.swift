import Estates

/// A time for which the gate was closed. Trials that were broken off are part of it.
public struct GateClosure: Hashable, Sendable {
    /// What kept it closed; more than one when probes failed in other ways than what closed it.
    public internal(set) var reasons: Set<FailureReason>
    /// When it closed first.
    public let since: Timestamp
}
