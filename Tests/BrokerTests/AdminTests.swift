import Kafka
import Testing

@Suite(.enabled(if: TestBroker.isWanted, TestBroker.howToGetOne))
struct AdminTests {
    private let cluster: Cluster
    private var admin: Admin { cluster.admin }

    init() throws { cluster = try Cluster() }

    @Test func aTopicIsCreatedAsDescribed() throws {
        let name = unique("ledger")
        let topic = NewTopic(
            name: name, partitions: 3, replicationFactor: -1,
            configuration: ["cleanup.policy": "compact", "max.message.bytes": "12345678"])
        #expect(try admin.createTopics([topic], milliseconds: 20_000) == [name: nil])
        try cluster.awaitTopics([name])
        let described = try #require(try admin.describeTopics([name], milliseconds: 10_000)[name]).get()
        #expect(described.partitions.map(\.number) == [0, 1, 2])
        let brokers = Set(try admin.brokers(milliseconds: 10_000).map(\.id))
        for partition in described.partitions {
            #expect(brokers.contains(try #require(partition.leader)))
            #expect(brokers.isSuperset(of: partition.replicas) && !partition.replicas.isEmpty)
        }
        let configuration = try #require(try admin.topicConfiguration(of: [name], milliseconds: 10_000)[name])
        #expect(configuration["cleanup.policy"] == "compact")
        #expect(configuration["max.message.bytes"] == "12345678")
        #expect(configuration["min.insync.replicas"] != nil)
    }

    @Test func aTopicIsNotCreatedTwice() throws {
        let name = try cluster.topic("claims")
        let outcome = try admin.createTopics(
            [NewTopic(name: name, partitions: 1, replicationFactor: -1)], milliseconds: 20_000)
        #expect((outcome[name] ?? nil)?.is(.topicAlreadyExists) == true)
    }

    @Test func impossibleSettingsAreRefusedByTopic() throws {
        let name = unique("claims")
        let topic = NewTopic(
            name: name, partitions: 1, replicationFactor: -1, configuration: ["cleanup.policy": "sometimes"])
        let failure = try admin.createTopics([topic], milliseconds: 20_000)[name] ?? nil
        #expect(failure?.name == "INVALID_CONFIG")
        #expect(failure?.message.contains(name) == true)
    }

    @Test func askingForATopicDoesNotCreateIt() throws {
        let name = unique("missing")
        for _ in 0..<2 {
            let answer = try admin.describeTopics([name], milliseconds: 10_000)[name]
            #expect(throws: KafkaError.self) { try answer?.get() }
            if case .failure(let error) = answer { #expect(error.is(.unknownTopicOrPartition)) }
        }
    }

    @Test func aDeletedTopicIsGone() throws {
        let name = try cluster.topic("claims")
        #expect(try admin.deleteTopics([name], milliseconds: 20_000) == [name: nil])
        let end = now() + 10_000
        var isGone = false
        while !isGone, now() < end {
            if case .failure = try admin.describeTopics([name], milliseconds: 10_000)[name] { isGone = true }
        }
        #expect(isGone)
    }

    @Test func noBrokerIsAConnectionProblemOrATimeOut() throws {
        let admin = try Admin(settings: ["bootstrap.servers": "127.0.0.1:1"], log: { _ in })
        let error = refusal { () throws(KafkaError) in _ = try admin.brokers(milliseconds: 1000) }
        #expect(error?.isRetriable == true)
        let other = refusal { () throws(KafkaError) in
            _ = try admin.createTopics([NewTopic(name: "a", partitions: 1, replicationFactor: 1)], milliseconds: 1000)
        }
        #expect(other?.isRetriable == true)
    }
}
