import Kafka
import Testing

/// The order of calls, and the flags of the errors: the discipline of the worker rests on them. What transactions promise
/// is tested against a real broker.
@Suite struct TransactionTests {
    private let cluster: MockCluster
    private let producer: TransactionalProducer

    init() throws {
        cluster = try MockCluster.with("ledger", "claims")
        producer = try cluster.transactionalProducer()
    }

    private let offsets = [PartitionOffset(TopicPartition("claims", 0), .at(7))]
    private let member = GroupMetadata(group: "workers", generation: -1, memberID: "")

    private func begin() throws {
        try producer.beginTransaction()
        try producer.produce(topic: "ledger", partition: 0, key: [1], value: [2])
    }

    @Test func recordsAndOffsetsCommitTogether() throws {
        try producer.warmMetadata(of: ["ledger"], milliseconds: 5000)
        for _ in 0..<3 {
            try begin()
            try producer.flush(milliseconds: 5000)
            try producer.sendOffsets(offsets, group: member, milliseconds: 5000)
            try producer.commitTransaction(milliseconds: 5000)
        }
        #expect(producer.takeDeliveryFailure() == nil)
        #expect(producer.fatalError == nil)
        let consumer = try cluster.consumer(group: "workers")
        try consumer.assign([PartitionOffset(TopicPartition("ledger", 0), .beginning)])
        #expect(consumer.records(3).map(\.value) == [[2], [2], [2]])
    }

    @Test func aProducerWithoutTransactionalIDIsRefused() {
        let error = refusal { () throws(KafkaError) in _ = try TransactionalProducer(settings: [:], log: { _ in }) }
        #expect(error?.message.contains("transactional.id") == true)
    }

    @Test func aRecordOutsideOfATransactionIsRefusedWithoutFlags() throws {
        let error = refusal { () throws(KafkaError) in try producer.produce(topic: "ledger", key: nil, value: [1]) }
        #expect(error?.is(.wrongState) == true)
        #expect(error?.requiresAbort == false && error?.isFatal == false && error?.isRetriable == false)
    }

    @Test(arguments: [KafkaError.Code.illegalGeneration, .unknownMemberID, .fencedInstanceID])
    func offsetsOfAFormerMemberOnlyAbort(code: KafkaError.Code) throws {
        try begin()
        cluster.pushRequestErrors(.transactionalOffsetCommit, [code])
        let error = refusal { () throws(KafkaError) in
            try producer.sendOffsets(offsets, group: member, milliseconds: 5000)
        }
        #expect(error?.is(code) == true)
        #expect(error?.requiresAbort == true && error?.isFatal == false && error?.isRetriable == false)
        try producer.abortTransaction(milliseconds: 5000)
        try begin()
        try producer.commitTransaction(milliseconds: 5000)
    }

    @Test func afterAFailureRecordsAskForTheAbort() throws {
        try begin()
        cluster.pushRequestErrors(.transactionalOffsetCommit, [.illegalGeneration])
        _ = refusal { () throws(KafkaError) in try producer.sendOffsets(offsets, group: member, milliseconds: 5000) }
        let error = refusal { () throws(KafkaError) in
            try producer.produce(topic: "ledger", partition: 0, key: nil, value: [1])
        }
        #expect(error?.requiresAbort == true)
    }

    @Test func aTakenOverProducerIsFinished() throws {
        try begin()
        try producer.flush(milliseconds: 5000)
        cluster.pushRequestErrors(.endTransaction, [.producerFenced])
        let error = refusal { () throws(KafkaError) in try producer.commitTransaction(milliseconds: 5000) }
        #expect(error?.isFatal == true && error?.requiresAbort == false && error?.isRetriable == false)
        #expect(producer.fatalError?.isFatal == true)
        let successor = try cluster.transactionalProducer()
        try successor.beginTransaction()
        try successor.commitTransaction(milliseconds: 5000)
    }

    @Test func aCommitThatTimedOutGoesOnWhenCalledAgain() throws {
        try begin()
        try producer.flush(milliseconds: 5000)
        try cluster.delay(broker: 1, milliseconds: 1500)
        let error = refusal { () throws(KafkaError) in try producer.commitTransaction(milliseconds: 200) }
        #expect(error?.isRetriable == true && error?.requiresAbort == false && error?.isFatal == false)
        try cluster.delay(broker: 1, milliseconds: 0)
        try producer.commitTransaction(milliseconds: 10_000)
        try begin()
        try producer.commitTransaction(milliseconds: 10_000)
    }

    @Test func aRecordThatIsNotDeliveredIsTheReasonOfTheAbort() throws {
        cluster.pushRequestErrors(.produce, [.messageTooLarge])
        try begin()
        let error = refusal { () throws(KafkaError) in try producer.commitTransaction(milliseconds: 5000) }
        #expect(error?.requiresAbort == true)
        #expect(producer.takeDeliveryFailure()?.is(.messageTooLarge) == true)
        #expect(producer.takeDeliveryFailure() == nil)
        try producer.abortTransaction(milliseconds: 5000)
    }

    @Test func aRecordTooLargeHasNoFlagAndLeavesTheTransactionAlone() throws {
        try begin()
        let error = refusal { () throws(KafkaError) in
            try producer.produce(topic: "ledger", partition: 0, key: nil, value: Array(repeating: 0, count: 2_000_000))
        }
        #expect(error?.is(.messageTooLarge) == true)
        #expect(error?.requiresAbort == false && error?.isFatal == false && error?.isRetriable == false)
        try producer.commitTransaction(milliseconds: 5000)
    }
}
