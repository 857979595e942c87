/// Why the gate closes.
public struct GateCause: Hashable, Sendable {
    /// `portal-unavailable` when it closes by the rate of failures; else of a certificate or an environment.
    public let reason: FailureReason
    /// For people; holds nothing personal and no secret.
    public let message: String

    init(_ reason: FailureReason, _ message: String) {
        self.reason = reason
        self.message = message
    }
}
