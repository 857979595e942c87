import Engine
import Testing

@testable import Worker

/// A shadow and a worker that files can have nothing in common but their inputs, whatever the settings say.
@Suite struct ModeTests {
    private func load(_ overrides: [String]) throws(SettingsProblems) -> WorkerSettings {
        try SettingsTests.load(SettingsTests.enough + overrides)
    }

    private static let outputs: [SettingKey] = [
        .estateRepliesTopic, .claimRepliesTopic, .deadLettersTopic, .deadLettersAuditTopic, .ledgerTopic,
    ]

    @Test func aShadowHasItsOwnNamesAndTheSameInputs() throws {
        let live = try load([])
        let shadow = try load(["mode=shadow"])
        #expect(live.mode == .live && shadow.mode == .shadow && shadow.engine.mode == .shadow)
        #expect(shadow.groupID == "proklama-shadow")
        for role in TopicRole.allCases {
            #expect(role.name(in: shadow.topics) == role.name(in: live.topics) + (role.isInput ? "" : ".shadow"))
        }
        #expect(shadow.cloudEventsSource == "/proklama/proklama-shadow")
    }

    @Test func namesThatAreGivenAreAShadowsToo() throws {
        let names = ModeTests.outputs.map { "\($0.rawValue)=mine.\($0.rawValue)" }
        let settings = try load(names + ["mode=shadow", "group.id=mine", "topics.ledger=mine.ledger.shadow"])
        #expect(settings.groupID == "mine-shadow")
        #expect(settings.topics.ledger == "mine.ledger.shadow")
        for role in TopicRole.allCases where !role.isInput {
            #expect(role.name(in: settings.topics).hasSuffix(".shadow"))
        }
    }

    @Test func aWorkerThatFilesMayNotHaveAShadowsNames() {
        for key in ModeTests.outputs {
            let problems = SettingsTests.problems(SettingsTests.enough + ["\(key.rawValue)=mine.shadow"])
            #expect(problems.count == 1)
            #expect(problems.first?.contains("is a shadow's topic") == true)
        }
        let group = SettingsTests.problems(SettingsTests.enough + ["group.id=proklama-shadow"])
        #expect(group.first?.contains("is a shadow's group") == true)
        // With it, its transactional id could be that of a static member of the shadow's group.
        #expect(SettingsTests.problems(SettingsTests.enough + ["instance.id=shadow-1"]).count == 1)
    }

    @Test func aShadowReplaysNothing() {
        let problems = SettingsTests.problems(
            SettingsTests.enough + ["mode=shadow", "dead-letters.replay.automatic=certificate"])
        #expect(problems.count == 1)
        #expect(problems.first?.contains("dead-letters.replay.automatic") == true)
    }

    @Test func thePrintedSettingsAreThoseInForce() throws {
        let lines = try load(["mode=shadow"]).effective.map { "\($0.name)=\($0.text)" }
        for line in [
            "mode=shadow", "group.id=proklama-shadow", "topics.ledger=estate.ledger.shadow",
            "topics.claim-requests=estate.claim-requests",
        ] {
            #expect(lines.contains(line), "\(line)")
        }
    }

    @Test func adoptingIsOffUnlessItIsAskedFor() throws {
        #expect(try !load([]).engine.adoptsFilings)
        #expect(try load(["filing.adopt=true", "mode=shadow"]).engine.adoptsFilings)
        #expect(SettingsTests.problems(SettingsTests.enough + ["filing.adopt=yes"]).first?.contains("true") == true)
    }

    @Test func theModeIsOneOfTwo() {
        #expect(SettingsTests.problems(SettingsTests.enough + ["mode=dry"]).first?.contains("live, shadow") == true)
    }
}
