import Estates

/// A filing for somebody who, as it turned out, has not died.
public struct FilingToWithdraw: Hashable, Sendable {
    public let identity: FilingIdentity
    /// What the portal has; nil when a call is under way or in doubt, whose own reply will tell. A withdrawal that is
    /// requested now waits for that.
    public let filed: Filed?

    public init(identity: FilingIdentity, filed: Filed?) {
        self.identity = identity
        self.filed = filed
    }
}
