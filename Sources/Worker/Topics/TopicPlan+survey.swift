import Kafka

extension TopicPlan {
    private static let patience: Int32 = 10_000

    /// Every way in which the topics differ from the plan. Blocking.
    ///
    /// - Throws: when the brokers cannot be reached.
    public func verify(_ admin: Admin) throws(KafkaError) -> [TopicProblem] { problems(try survey(admin)) }

    func survey(_ admin: Admin) throws(KafkaError) -> TopicSurvey {
        var survey = TopicSurvey()
        let names = TopicRole.allCases.map { $0.name(in: topics) }
        let described = try admin.describeTopics(names, milliseconds: TopicPlan.patience)
        for role in TopicRole.allCases {
            switch described[role.name(in: topics)] {
            case .success(let description): survey.facts[role] = TopicFacts(description)
            case .failure(let error) where error.is(.unknownTopicOrPartition) || error.is(.unknownTopicLocally): break
            case .failure(let error): survey.failures[role] = error.message
            case nil: break
            }
        }
        do throws(KafkaError) {
            let known = survey.facts.keys.map { $0.name(in: topics) }
            let configurations = try admin.topicConfiguration(of: known, milliseconds: TopicPlan.patience)
            for role in survey.facts.keys {
                survey.facts[role]?.configuration = configurations[role.name(in: topics)]
            }
        } catch {
            // The topics could be described a moment ago, so this is a broker that does not tell, or a missing right.
            survey.configurationFailure = error.message
        }
        return survey
    }

    /// Creates what is missing and leaves what is there as it is. Blocking.
    ///
    /// - Returns: for each topic that was missing, nil when it was created, or why it was not.
    func create(
        missingFrom survey: TopicSurvey, partitions: Int32, replicationFactor: Int32, _ admin: Admin
    ) throws(KafkaError) -> [TopicRole: KafkaError?] {
        let missing = TopicRole.allCases.filter { survey.facts[$0] == nil && survey.failures[$0] == nil }
        let outcomes = try admin.createTopics(
            missing.map { newTopic($0, partitions: partitions, replicationFactor: replicationFactor) },
            milliseconds: 3 * TopicPlan.patience)
        var result: [TopicRole: KafkaError?] = [:]
        for role in missing {
            // Someone else who creates it at the same moment does no harm: it is verified afterwards.
            guard let outcome = outcomes[role.name(in: topics)], let error = outcome, !error.is(.topicAlreadyExists)
            else {
                result.updateValue(nil, forKey: role)
                continue
            }
            result.updateValue(error, forKey: role)
        }
        return result
    }
}
