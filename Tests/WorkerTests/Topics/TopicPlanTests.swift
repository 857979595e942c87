import Kafka
import Testing

@testable import Worker

@Suite struct TopicPlanTests {
    private let plan: TopicPlan
    private let topics: TopicNames

    init() throws {
        let settings = try SettingsTests.load(SettingsTests.enough)
        plan = TopicPlan(settings)
        topics = settings.topics
    }

    /// A cluster that has just what would be created.
    private func survey(replicas: Int = 3) -> TopicSurvey {
        var survey = TopicSurvey()
        for role in TopicRole.allCases {
            let topic = plan.newTopic(role, partitions: 6, replicationFactor: Int32(replicas))
            survey.facts[role] = TopicFacts(partitions: 6, replicas: replicas, configuration: topic.configuration)
        }
        return survey
    }

    private func problems(_ change: (inout TopicSurvey) -> Void) -> [TopicProblem] {
        var survey = survey()
        change(&survey)
        return plan.problems(survey)
    }

    @Test func whatIsCreatedIsAsItShouldBe() { #expect(plan.problems(survey()) == []) }

    @Test func aMissingTopicIsAnError() {
        let problems = problems { $0.facts[.ledger] = nil }
        #expect(problems.map(\.topic) == ["estate.ledger"])
        #expect(problems.map(\.severity) == [.error])
    }

    @Test(arguments: [TopicRole.claimRequests, .deathNotifications, .ledger])
    func inputsAndLedgerMustHaveAsManyPartitions(_ role: TopicRole) {
        let problems = problems { $0.facts[role]?.partitions = 7 }
        #expect(problems.count == 1)
        #expect(problems.first?.severity == .error)
        #expect(problems.first?.found.contains("\(role.name(in: topics)) has 7") == true)
    }

    /// A ledger that is made anew, or partitions added to it, would have all of it filed again.
    @Test func otherPartitionCountsAreMendedWithoutLosingWhatIsFiled() {
        let remedy = problems { $0.facts[.claimRequests]?.partitions = 7 }.first?.remedy ?? ""
        #expect(remedy.contains("would be filed again"))
        #expect(remedy.contains("filing.adopt=true"))
        #expect(remedy.contains("group.id"))
        #expect(!remedy.contains("\n"))
    }

    @Test func theCheckCountsTheTopics() {
        #expect(
            CheckCommand.topics([]).map(\.line) == [
                CheckResult("topics", .ok, "all 8 are as the worker needs them").line
            ])
        let warned = CheckCommand.topics(plan.problems(survey(replicas: 1)))
        #expect(warned.map(\.verdict) == [.ok, .warning])
        let failed = CheckCommand.topics(problems { $0.facts[.ledger] = nil })
        #expect(failed.map(\.verdict) == [.failed])
    }

    @Test func otherTopicsMayHaveAnyNumberOfPartitions() {
        #expect(problems { $0.facts[.claimReplies]?.partitions = 1 } == [])
    }

    @Test(arguments: ["delete", "compact,delete"]) func theLedgerMustBeCompactedOnly(_ policy: String) {
        let problems = problems { $0.facts[.ledger]?.configuration?["cleanup.policy"] = policy }
        #expect(problems.map(\.severity) == [.error])
    }

    @Test(arguments: [TopicRole.claimRequests, .claimReplies, .deadLetters])
    func whatIsKeyedByPersonMustNotBeCompacted(_ role: TopicRole) {
        let problems = problems { $0.facts[role]?.configuration?["cleanup.policy"] = "compact" }
        #expect(problems.map(\.severity) == [.error])
    }

    @Test(arguments: [TopicRole.ledger, .deadLetters]) func largeInputsMustFit(_ role: TopicRole) {
        let problems = problems { $0.facts[role]?.configuration?["max.message.bytes"] = "1048588" }
        #expect(problems.map(\.severity) == [.error])
        #expect(problems.first?.topic == role.name(in: topics))
    }

    @Test func oneCopyIsAWarningSaidOnceForAllTopics() {
        let problems = plan.problems(survey(replicas: 1))
        #expect(problems.map(\.severity) == [.warning])
        #expect(TopicRole.allCases.allSatisfy { problems.first?.topic.contains($0.name(in: topics)) == true })
    }

    @Test func moreInSyncReplicasThanReplicasIsAnError() {
        let problems = problems { $0.facts[.ledger]?.configuration?["min.insync.replicas"] = "4" }
        #expect(problems.map(\.severity) == [.error])
    }

    @Test func aShortRetentionOfRequestsIsAWarning() {
        let problems = problems { $0.facts[.claimRequests]?.configuration?["retention.ms"] = "3600000" }
        #expect(problems.map(\.severity) == [.warning])
        #expect(self.problems { $0.facts[.claimRequests]?.configuration?["retention.ms"] = "-1" } == [])
    }

    @Test func settingsThatCannotBeReadAreAWarning() {
        let problems = problems { survey in
            for role in TopicRole.allCases { survey.facts[role]?.configuration = nil }
            survey.configurationFailure = "not allowed"
        }
        #expect(problems.map(\.severity) == [.warning])
    }

    @Test func errorsComeFirst() {
        let problems = problems {
            $0.facts[.claimRequests]?.replicas = 1
            $0.facts[.ledger] = nil
        }
        #expect(problems.first?.severity == .error)
    }

    @Test func replicationFactorIsTheBrokersUnlessGiven() {
        let topic = plan.newTopic(.ledger, partitions: 3, replicationFactor: -1)
        #expect(topic.replicationFactor == -1)
        #expect(topic.configuration["min.insync.replicas"] == nil)
        #expect(topic.configuration["cleanup.policy"] == "compact")
        #expect(topic.configuration["max.message.bytes"] == "20971520")
    }
}
