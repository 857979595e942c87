import Kafka
import Testing

@Suite struct ProducerTests {
    @Test func oneFailureAmongManyIsItsOwn() throws {
        let cluster = try MockCluster.with("claims")
        let producer = try cluster.producer()
        let good = OutgoingRecord(topic: "claims", partition: 0, key: nil, value: [1])
        let large = OutgoingRecord(
            topic: "claims", partition: 0, key: nil, value: Array(repeating: 0, count: 2_000_000))
        let outcomes = producer.deliver([good, large, good], milliseconds: 10_000)
        #expect(try outcomes[0].get().offset == .at(0))
        #expect(throws: KafkaError.self) { try outcomes[1].get() }
        if case .failure(let error) = outcomes[1] { #expect(error.is(.messageTooLarge) && !error.isRetriable) }
        #expect(try outcomes[2].get().offset == .at(1))
    }

    @Test func lettingGoReportsWhatWasUnderWayAndDoesNotWait() throws {
        let outcomes = Collected<KafkaError?>()
        let began: Int64
        do {
            // Port 1 answers nobody.
            let producer = try Producer(settings: ["bootstrap.servers": "127.0.0.1:1"], log: { _ in })
            try producer.send(OutgoingRecord(topic: "claims", partition: 0, key: nil, value: [1])) { outcome in
                if case .failure(let error) = outcome { outcomes.add(error) } else { outcomes.add(nil) }
            }
            began = now()
        }
        // A message that nobody takes is given up after five minutes.
        #expect(now() - began < 5000)
        while outcomes.all.isEmpty, now() - began < 15_000 { Thread.pause() }
        #expect(outcomes.all.map { $0?.is(.purgedFromQueue) } == [true])
    }

    @Test func aFullQueueWaitsForRoom() throws {
        let cluster = try MockCluster.with("claims")
        let settings = [
            "bootstrap.servers": cluster.bootstrapServers, "queue.buffering.max.messages": "10", "linger.ms": "0",
        ]
        let producer = try Producer(settings: settings, log: { _ in })
        let record = OutgoingRecord(topic: "claims", partition: 0, key: nil, value: [1])
        let outcomes = producer.deliver(Array(repeating: record, count: 500), milliseconds: 10_000)
        #expect(outcomes.compactMap { try? $0.get().offset.number } == Array(0..<500))
        #expect(producer.unreported == 0)
    }

    @Test func anUnknownSettingIsRefusedByName() {
        let error = refusal { () throws(KafkaError) in _ = try Producer(settings: ["lingerms": "5"], log: { _ in }) }
        #expect(error?.is(.invalidArgument) == true)
        #expect(error?.message.contains("lingerms") == true)
    }

    @Test func linesOfTheLibraryReachTheLog() throws {
        let lines = Collected<LogLine>()
        let producer = try Producer(settings: ["bootstrap.servers": "127.0.0.1:1"], log: { lines.add($0) })
        let end = now() + 5000
        while lines.all.isEmpty, now() < end { producer.poll(milliseconds: 50) }
        #expect(lines.all.contains { $0.facility == "FAIL" && $0.level == 3 && $0.message.contains("127.0.0.1:1") })
    }
}
