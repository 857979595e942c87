/// The kinds of request that a client makes (the Kafka protocol's API keys), for `MockCluster.pushRequestErrors`.
public enum ApiKey: Int16, Sendable {
    case produce = 0
    case fetch = 1
    case metadata = 3
    case offsetCommit = 8
    case findCoordinator = 10
    case joinGroup = 11
    case heartbeat = 12
    case initProducerID = 22
    case addPartitionsToTransaction = 24
    case addOffsetsToTransaction = 25
    case endTransaction = 26
    case transactionalOffsetCommit = 28
}
