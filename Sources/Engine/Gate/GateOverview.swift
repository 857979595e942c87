import Estates

/// How the gate before the portal stands, for people and metrics.
public struct GateOverview: Sendable, Hashable {
    public enum State: String, Sendable, CaseIterable {
        case open
        /// Open again, and not trusted yet.
        case trial
        case closed
    }

    public let state: State
    /// Why it is closed, or was last.
    public let cause: GateCause?
    /// Of the last change; nil when it has been open from the start.
    public let since: Timestamp?
    /// When the portal is next probed; nil when the gate is open, or a probe is under way.
    public let nextProbeAt: Timestamp?
    /// Whether requests wait for as long as it takes, by the policy `hold`.
    public let isHeld: Bool

    init(_ gate: Gate, _ policy: FailurePolicy, _ now: Moment) {
        state = gate.isClosed ? .closed : gate.isOnTrial ? .trial : .open
        cause = gate.cause
        since = gate.since?.wall
        nextProbeAt =
            gate.isClosed && gate.probe == nil
            ? Timestamp(milliseconds: now.wall.milliseconds + max(0, gate.probeAt - now.monotonic)) : nil
        isHeld = gate.isClosed && policy == .hold
    }
}
