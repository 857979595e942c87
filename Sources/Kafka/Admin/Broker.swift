/// A broker of the cluster, by the address that it gives to clients.
public struct Broker: Hashable, Sendable {
    public let id: Int32
    public let host: String
    public let port: Int
}
