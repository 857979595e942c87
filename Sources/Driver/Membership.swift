/// What the library says of our membership of the group at one moment.
public struct Membership: Sendable, Equatable {
    /// The name that the broker gave the member; empty when it has none at present.
    public let name: String
    /// Whether it is a member of a generation. Brokers do not check what is committed by one that is not.
    public let isMember: Bool

    public init(name: String, isMember: Bool) {
        self.name = name
        self.isMember = isMember
    }
}
