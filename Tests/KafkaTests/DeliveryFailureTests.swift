import Testing

@testable import Kafka

struct DeliveryFailureTests {
    private let purged = KafkaError(.purgedFromQueue)
    private let tooLarge = KafkaError(.messageTooLarge)

    @Test func whatWasThrownAwayDoesNotHideWhy() {
        let failures = DeliveryFailures()
        for failure in [purged, tooLarge, purged] { failures.note(failure) }
        #expect(failures.take()?.is(.messageTooLarge) == true)
        #expect(failures.take() == nil)
    }

    @Test func theFirstReasonStays() {
        let failures = DeliveryFailures()
        for failure in [tooLarge, KafkaError(.fenced)] { failures.note(failure) }
        #expect(failures.take()?.is(.messageTooLarge) == true)
    }

    @Test func afterAFinalOneNothingIsTriedAgain() {
        let error = KafkaError(.fenced, message: "why", isRetriable: true, requiresAbort: true).final
        #expect(!error.isRetriable && error.requiresAbort && error.message == "why")
    }
}
