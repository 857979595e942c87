import Kafka
import Testing

@Suite struct ErrorTests {
    /// The numbers are written by hand, so each is checked against the name that the library knows it by.
    @Test(arguments: [
        (KafkaError.Code.timedOut, "_TIMED_OUT"), (.transport, "_TRANSPORT"), (.resolve, "_RESOLVE"),
        (.allBrokersDown, "_ALL_BROKERS_DOWN"), (.authentication, "_AUTHENTICATION"), (.tls, "_SSL"),
        (.queueFull, "_QUEUE_FULL"), (.invalidArgument, "_INVALID_ARG"), (.wrongState, "_STATE"),
        (.fenced, "_FENCED"), (.fatal, "_FATAL"), (.purgedFromQueue, "_PURGE_QUEUE"),
        (.purgedInFlight, "_PURGE_INFLIGHT"), (.messageTimedOut, "_MSG_TIMED_OUT"),
        (.unknownTopicLocally, "_UNKNOWN_TOPIC"), (.unknownPartitionLocally, "_UNKNOWN_PARTITION"),
        (.noOffset, "_NO_OFFSET"), (.offsetOutOfRange, "OFFSET_OUT_OF_RANGE"),
        (.unknownTopicOrPartition, "UNKNOWN_TOPIC_OR_PART"), (.notLeader, "NOT_LEADER_FOR_PARTITION"),
        (.requestTimedOut, "REQUEST_TIMED_OUT"), (.messageTooLarge, "MSG_SIZE_TOO_LARGE"),
        (.coordinatorLoading, "COORDINATOR_LOAD_IN_PROGRESS"), (.coordinatorNotAvailable, "COORDINATOR_NOT_AVAILABLE"),
        (.notCoordinator, "NOT_COORDINATOR"), (.notEnoughReplicas, "NOT_ENOUGH_REPLICAS"),
        (.illegalGeneration, "ILLEGAL_GENERATION"), (.unknownMemberID, "UNKNOWN_MEMBER_ID"),
        (.rebalanceInProgress, "REBALANCE_IN_PROGRESS"), (.topicAuthorizationFailed, "TOPIC_AUTHORIZATION_FAILED"),
        (.groupAuthorizationFailed, "GROUP_AUTHORIZATION_FAILED"),
        (.clusterAuthorizationFailed, "CLUSTER_AUTHORIZATION_FAILED"),
        (.topicAlreadyExists, "TOPIC_ALREADY_EXISTS"), (.invalidReplicationFactor, "INVALID_REPLICATION_FACTOR"),
        (.outOfOrderSequenceNumber, "OUT_OF_ORDER_SEQUENCE_NUMBER"), (.invalidProducerEpoch, "INVALID_PRODUCER_EPOCH"),
        (.invalidTransactionState, "INVALID_TXN_STATE"), (.concurrentTransactions, "CONCURRENT_TRANSACTIONS"),
        (.transactionalIDAuthorizationFailed, "TRANSACTIONAL_ID_AUTHORIZATION_FAILED"),
        (.fencedInstanceID, "FENCED_INSTANCE_ID"), (.unstableOffsetCommit, "UNSTABLE_OFFSET_COMMIT"),
        (.producerFenced, "PRODUCER_FENCED"),
    ])
    func everyCodeHasTheLibrarysName(code: KafkaError.Code, name: String) {
        #expect(KafkaError(code).name == name)
    }

    @Test func theLibraryTellsItsVersion() {
        #expect(KafkaLibrary.version.split(separator: ".").count >= 3)
    }
}
