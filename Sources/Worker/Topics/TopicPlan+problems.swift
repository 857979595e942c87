extension TopicPlan {
    /// How what is there differs from the plan: errors first, each topic in turn.
    func problems(_ survey: TopicSurvey) -> [TopicProblem] {
        var problems: [TopicProblem] = []
        for role in TopicRole.allCases {
            let name = role.name(in: topics)
            if let failure = survey.failures[role] {
                problems.append(
                    .error(
                        name, "it cannot be described (\(failure))", expected: "the worker needs it",
                        remedy: "Allow Describe, Read and Write on it"))
            } else if let facts = survey.facts[role] {
                if let configuration = facts.configuration {
                    problems += cleanup(role, name, configuration) + retention(role, name, facts)
                }
                problems += replication(name, facts)
            } else {
                problems.append(
                    .error(
                        name, "it does not exist", expected: "the worker needs it", remedy: "Run proklama topics create"
                    ))
            }
        }
        problems += partitions(survey) + sizes(survey)
        if let failure = survey.configurationFailure {
            problems.append(
                .warning(
                    "topics", "their settings cannot be read (\(failure))", expected: "they are not checked",
                    remedy: "Allow DescribeConfigs on the topics"))
        }
        let joined = TopicProblem.joined(problems)
        return joined.filter { $0.severity == .error } + joined.filter { $0.severity == .warning }
    }

    private func partitions(_ survey: TopicSurvey) -> [TopicProblem] {
        let related = TopicRole.allCases.filter { $0.isCoPartitioned && survey.facts[$0] != nil }
        guard Set(related.compactMap { survey.facts[$0]?.partitions }).count > 1 else { return [] }
        let counts = related.map { "\($0.name(in: topics)) has \(survey.facts[$0]?.partitions ?? 0)" }
        return [
            .error(
                related.map { $0.name(in: topics) }.joined(separator: ", "),
                "different numbers of partitions (\(counts.joined(separator: ", ")))",
                expected:
                    "both inputs and the ledger need the same number, since one worker owns partition p of all three",
                remedy: """
                    Do not add partitions to the others: keys would move to partitions whose ledger does not know their \
                    filings, and these would be filed again. Kafka takes no partition away, so name new topics, the \
                    ledger too (topics.*), and another group.id, run proklama topics create, and produce there again \
                    what has no answer yet. Run with filing.adopt=true, which looks up at the portal what is filed \
                    already. Where nothing was ever filed, these topics can be deleted and created anew instead
                    """)
        ]
    }

    private func cleanup(_ role: TopicRole, _ name: String, _ configuration: [String: String]) -> [TopicProblem] {
        guard let policy = configuration["cleanup.policy"] else { return [] }
        if role.isCompacted {
            if policy == "compact" { return [] }
            return [
                .error(
                    name, "cleanup.policy=\(policy)",
                    expected: role == .ledger
                        ? "it must be compact, or the state of filings is lost with time and they are filed again"
                        : "it must be compact, or it forgets what was replayed",
                    remedy: "Set cleanup.policy=compact with kafka-configs")
            ]
        }
        if !policy.contains("compact") { return [] }
        return [
            .error(
                name, "cleanup.policy=\(policy)",
                expected: "it must be delete: the key is a person's, and compaction keeps one record of each",
                remedy: "Set cleanup.policy=delete with kafka-configs")
        ]
    }

    private func retention(_ role: TopicRole, _ name: String, _ facts: TopicFacts) -> [TopicProblem] {
        guard !role.isCompacted, let retention = facts.number("retention.ms"), retention >= 0,
            retention < 7 * 86_400_000
        else { return [] }
        return [
            .warning(
                name, "retention.ms=\(retention)",
                expected: role.isInput
                    ? "requests that no worker has taken in by then are lost; a week is the least"
                    : "records that nobody has read by then are lost; a week is the least",
                remedy: "Raise retention.ms, to \(TopicPlan.recordRetention) for example")
        ]
    }
}
