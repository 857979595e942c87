/// A broker of the cluster, by the address that it gives to clients.
public struct Broker: Hashable, Sendable {
    /// The broker's `node.id`.
    public let id: Int32
    /// The name or address that it is reached by.
    public let host: String
    /// The TCP port.
    public let port: Int
}
