extension TopicPlan {
    func replication(_ name: String, _ facts: TopicFacts) -> [TopicProblem] {
        var problems: [TopicProblem] = []
        if facts.replicas == 1 {
            problems.append(
                .warning(
                    name, "replication factor 1", expected: "the loss of one broker loses what is in it; 3 is usual",
                    remedy: "Raise it with kafka-reassign-partitions, unless this is a trial"))
        }
        if let least = facts.number("min.insync.replicas") {
            if least > facts.replicas {
                problems.append(
                    .error(
                        name, "min.insync.replicas=\(least) with \(facts.replicas) replicas",
                        expected: "nothing can be written to it",
                        remedy: "Lower min.insync.replicas below the replication factor"))
            } else if facts.replicas >= 3, least < 2 {
                problems.append(
                    .warning(
                        name, "min.insync.replicas=\(least) with \(facts.replicas) replicas",
                        expected: "a record that only one broker has is lost with it; 2 is usual",
                        remedy: "Set min.insync.replicas=2 with kafka-configs"))
            }
        }
        if facts.configuration?["unclean.leader.election.enable"] == "true" {
            problems.append(
                .warning(
                    name, "unclean.leader.election.enable=true",
                    expected: "a broker that lags behind may take over, and what it lacks is lost",
                    remedy: "Set it to false with kafka-configs"))
        }
        return problems
    }

    /// The ledger and the dead letters must take whatever the inputs take, or one large request stops its partition.
    func sizes(_ survey: TopicSurvey) -> [TopicProblem] {
        let inputs = TopicRole.allCases.filter(\.isInput).compactMap { survey.facts[$0]?.number("max.message.bytes") }
        guard let largest = inputs.max() else { return [] }
        return TopicRole.allCases.filter(\.holdsInputRecords).compactMap { role in
            guard let limit = survey.facts[role]?.number("max.message.bytes"),
                limit < largest + Int64(TopicPlan.headerRoom)
            else { return nil }
            return .error(
                role.name(in: topics), "max.message.bytes=\(limit)",
                expected: "the inputs take records of \(largest) bytes, which it must take too, with headers",
                remedy: "Set max.message.bytes=\(largest + (4 << 20)) with kafka-configs, or lower the inputs'")
        }
    }
}
