extension KafkaError {
    /// The codes that callers tell apart; any other can be made from its number (`rd_kafka_resp_err_t`).
    public struct Code: RawRepresentable, Hashable, Sendable {
        /// librdkafka's number.
        public let rawValue: Int32
        /// Any code by its number, known here or not.
        public init(rawValue: Int32) { self.rawValue = rawValue }

        // The library's own.

        /// A time-out; what it means for the call, the flags say.
        public static let timedOut = Code(rawValue: -185)
        /// No connection to a broker.
        public static let transport = Code(rawValue: -195)
        /// A broker's name cannot be resolved.
        public static let resolve = Code(rawValue: -193)
        /// No broker answers.
        public static let allBrokersDown = Code(rawValue: -187)
        /// A broker refused our credentials.
        public static let authentication = Code(rawValue: -169)
        /// TLS failed.
        public static let tls = Code(rawValue: -181)
        /// The producer's queue is full even after waiting.
        public static let queueFull = Code(rawValue: -184)
        /// A setting or an argument is impossible.
        public static let invalidArgument = Code(rawValue: -186)
        /// The call does not fit the client's state, such as `produce` outside of a transaction.
        public static let wrongState = Code(rawValue: -172)
        /// Another producer with the same `transactional.id` took over, or the broker timed the transaction out.
        public static let fenced = Code(rawValue: -144)
        /// The client has failed for good.
        public static let fatal = Code(rawValue: -150)
        /// The record was taken out of the queue by an abort, or when the producer was given up.
        public static let purgedFromQueue = Code(rawValue: -152)
        /// As before, but it may have been written already.
        public static let purgedInFlight = Code(rawValue: -151)
        /// The record was not delivered in time.
        public static let messageTimedOut = Code(rawValue: -192)
        /// The topic does not exist, as far as this client knows.
        public static let unknownTopicLocally = Code(rawValue: -188)
        /// The partition does not exist, as far as this client knows.
        public static let unknownPartitionLocally = Code(rawValue: -190)
        /// Committing was asked for, and there is nothing to commit.
        public static let noOffset = Code(rawValue: -168)

        // The brokers'.

        /// The offset lies outside of the partition.
        public static let offsetOutOfRange = Code(rawValue: 1)
        /// The topic or partition does not exist.
        public static let unknownTopicOrPartition = Code(rawValue: 3)
        /// The broker is no longer the partition's leader.
        public static let notLeader = Code(rawValue: 6)
        /// The broker waited for its followers in vain.
        public static let requestTimedOut = Code(rawValue: 7)
        /// The record is larger than the client or the topic allows.
        public static let messageTooLarge = Code(rawValue: 10)
        /// The coordinator is loading its state.
        public static let coordinatorLoading = Code(rawValue: 14)
        /// There is no coordinator at present.
        public static let coordinatorNotAvailable = Code(rawValue: 15)
        /// Another broker is the coordinator now.
        public static let notCoordinator = Code(rawValue: 16)
        /// Too few in-sync replicas to write.
        public static let notEnoughReplicas = Code(rawValue: 19)
        /// The group has been through a rebalance since the metadata was read.
        public static let illegalGeneration = Code(rawValue: 22)
        /// The group has evicted this member.
        public static let unknownMemberID = Code(rawValue: 25)
        /// A rebalance is going on.
        public static let rebalanceInProgress = Code(rawValue: 27)
        /// Not allowed to use the topic.
        public static let topicAuthorizationFailed = Code(rawValue: 29)
        /// Not allowed to use the group.
        public static let groupAuthorizationFailed = Code(rawValue: 30)
        /// Not allowed to use the cluster.
        public static let clusterAuthorizationFailed = Code(rawValue: 31)
        /// The topic exists already.
        public static let topicAlreadyExists = Code(rawValue: 36)
        /// More replicas than brokers, or none.
        public static let invalidReplicationFactor = Code(rawValue: 38)
        /// A record arrived out of order; the library heals it after an abort.
        public static let outOfOrderSequenceNumber = Code(rawValue: 45)
        /// The producer's epoch is over (before KIP-588, the name for `fenced`).
        public static let invalidProducerEpoch = Code(rawValue: 47)
        /// The transaction's state does not allow this.
        public static let invalidTransactionState = Code(rawValue: 48)
        /// The last transaction is not quite finished; the library waits and tries again.
        public static let concurrentTransactions = Code(rawValue: 51)
        /// Not allowed to use the `transactional.id`.
        public static let transactionalIDAuthorizationFailed = Code(rawValue: 53)
        /// Another member with the same `group.instance.id` took over (KIP-345).
        public static let fencedInstanceID = Code(rawValue: 82)
        /// A transaction that moves these offsets is open (KIP-447).
        public static let unstableOffsetCommit = Code(rawValue: 88)
        /// Another producer with the same `transactional.id` took over, the broker's word for `fenced` (KIP-588).
        public static let producerFenced = Code(rawValue: 90)
    }
}
