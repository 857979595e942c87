import Engine
import Glibc
import Portal
import Testing

@testable import Worker

@Suite struct SettingsTests {
    static let enough = [
        "kafka.bootstrap.servers=127.0.0.1:9092", "portal.environment=simulator", "portal.url=http://127.0.0.1:8443",
        "portal.token.auth=none",
    ]

    static func load(_ overrides: [String], environment: [String: String] = [:]) throws(SettingsProblems)
        -> WorkerSettings
    { try WorkerSettings.load(file: nil, environment: environment, overrides: overrides) }

    static func problems(_ overrides: [String], environment: [String: String] = [:]) -> [String] {
        do throws(SettingsProblems) {
            _ = try load(overrides, environment: environment)
            return []
        } catch {
            return error.messages
        }
    }

    @Test func whatTheGuaranteesRestOnCannotBeSetFromAFileEither() {
        let problems = SettingsTests.problems(SettingsTests.enough + ["kafka.isolation.level.file=/dev/null"])
        #expect(problems.count == 1 && problems[0].hasPrefix("kafka.isolation.level.file (--set): cannot be set"))
    }

    @Test func allProblemsAreReportedAtOnce() {
        let problems = SettingsTests.problems(
            SettingsTests.enough + [
                "portal.max.in.flihgt=3", "retry.horizon=soon", "portal.max.in.flight=0",
                "kafka.enable.idempotence=false",
                "admin.listen=nowhere", "topics.ledger=estate.claim-replies", "log.level=loud", "nonsense",
            ])
        #expect(problems.count == 8)
        for part in [
            "portal.max.in.flight?", "retry.horizon (--set): 'soon'", "portal.max.in.flight (--set): '0'",
            "kafka.enable.idempotence (--set): cannot be set", "admin.listen (--set)",
            "estate.claim-replies is given to two",
            "log.level (--set): 'loud' is none of debug, info, warning, error", "write --set key=value",
        ] {
            #expect(problems.contains { $0.contains(part) }, "\(part)")
        }
    }

    @Test func anUnknownKeyIsToldTheNearest() {
        let problems = SettingsTests.problems(SettingsTests.enough + ["portal.certificat.file=x"])
        #expect(
            problems == [
                "portal.certificat.file (--set): there is no such setting. Did you mean portal.certificate.file?"
            ])
    }

    @Test func anUnknownVariableIsToldTheNearest() {
        let problems = SettingsTests.problems(SettingsTests.enough, environment: ["PROKLAMA_PORTAL_TOKEN_URI": "x"])
        #expect(problems.count == 1)
        #expect(problems.first?.contains("PROKLAMA_PORTAL_TOKEN_URL") == true)
    }

    /// As a container finds them beside Services `proklama`, `proklama-metrics` and `proklama-kafka`.
    @Test func whatKubernetesTellsOfServicesIsNoSetting() throws {
        var environment: [String: String] = [:]
        for service in ["PROKLAMA", "PROKLAMA_METRICS", "PROKLAMA_KAFKA"] {
            environment[service + "_SERVICE_HOST"] = "10.0.0.11"
            environment[service + "_SERVICE_PORT"] = "9464"
            environment[service + "_SERVICE_PORT_HTTP_METRICS"] = "9464"
            environment[service + "_PORT"] = "tcp://10.0.0.11:9464"
            for link in ["PORT_9464_TCP", "PORT_53_UDP", "PORT_7_SCTP"] {
                environment["\(service)_\(link)"] = "tcp://10.0.0.11:9464"
                environment["\(service)_\(link)_PROTO"] = "tcp"
                environment["\(service)_\(link)_PORT"] = "9464"
                environment["\(service)_\(link)_ADDR"] = "10.0.0.11"
            }
        }
        #expect(SettingsTests.problems(SettingsTests.enough, environment: environment) == [])
        let settings = try SettingsTests.load(SettingsTests.enough, environment: environment)
        #expect(settings.kafka.keys.allSatisfy { !$0.contains("service") && !$0.contains("port") })
    }

    @Test(arguments: [
        ("PROKLAMA_ADMIN_PORT", "9464"), ("PROKLAMA_SERVICE", "x"), ("PROKLAMA_HOST", "x"),
        ("PROKLAMA_SERVICE_PORT", "tcp"), ("PROKLAMA_PORT_HTTP_TCP", "x"), ("PROKLAMA_PORT_9464_QUIC", "x"),
        ("PROKLAMA_9464_TCP", "x"), ("PROKLAMA_PORT_9464_TCP_NAME", "x"), ("PROKLAMA_SERVICE_HOST_NAME", "x"),
    ])
    func whatNoServiceHasMadeIsStillAnError(_ name: String, _ text: String) {
        #expect(SettingsTests.problems(SettingsTests.enough, environment: [name: text]).count == 1)
    }

    @Test func setOverridesTheEnvironmentAndTheEnvironmentTheFile() throws {
        let path = "/tmp/proklama-settings-\(getpid()).properties"
        let file = try #require(fopen(path, "w"))
        fputs("group.id=file\ninstance.id=file\nportal.client.id=file\n", file)
        fclose(file)
        defer { unlink(path) }
        let settings = try WorkerSettings.load(
            file: path, environment: ["PROKLAMA_GROUP_ID": "environment", "PROKLAMA_INSTANCE_ID": "environment"],
            overrides: SettingsTests.enough + ["group.id=set"])
        #expect(settings.groupID == "set")
        #expect(settings.instanceID == "environment")
        #expect(settings.portal.clientID == "file")
    }

    @Test func onlyTheSimulatorMaySetTheAddressOrDoWithoutAToken() {
        let problems = SettingsTests.problems(
            [
                "kafka.bootstrap.servers=x", "portal.environment=production", "portal.url=http://x",
                "portal.token.auth=none",
            ])
        #expect(problems.contains { $0.hasPrefix("portal.url") })
        #expect(problems.contains { $0.hasPrefix("portal.token.auth") })
    }

    @Test func commandsThatNeedKafkaAloneDoNotAskForThePortal() throws {
        let settings = try WorkerSettings.load(
            file: nil, environment: [:], overrides: ["kafka.bootstrap.servers=x"], scope: .kafka)
        #expect(settings.topics.ledger == "estate.ledger")
        #expect(throws: SettingsProblems.self) {
            try WorkerSettings.load(file: nil, environment: [:], overrides: ["portl.url=x"], scope: .kafka)
        }
    }

    @Test func aLeaseMustHoldACall() {
        #expect(
            SettingsTests.problems(SettingsTests.enough + ["portal.call.timeout=30s", "filing.lease=38s"]).count == 1)
        #expect(SettingsTests.problems(SettingsTests.enough + ["portal.call.timeout=30s", "filing.lease=60s"]).isEmpty)
    }

    @Test func automaticReplayIsOffUntilItIsAskedFor() throws {
        func settings(_ text: String...) throws -> AutomaticReplay {
            try SettingsTests.load(SettingsTests.enough + text.map { "dead-letters.replay.automatic\($0)" })
                .automaticReplay
        }
        #expect(try settings().categories.isEmpty)
        let both = try settings("=certificate, environment", ".delay=5m", ".rate=60/m")
        #expect(both.categories == [.certificate, .environment])
        #expect((both.delay, both.rate) == (300_000, 1))
        #expect(try settings("=certificate").categories == [.certificate])
        for (text, part) in [
            ("=validation", "fails again until it is corrected"), ("=certificates", "none of certificate, environment"),
            ("=none,certificate", "write none alone"), (".rate=fast", "'fast' is no rate"),
            (".delay=soon", "no duration"),
        ] {
            let problems = SettingsTests.problems(SettingsTests.enough + ["dead-letters.replay.automatic\(text)"])
            #expect(problems.count == 1)
            #expect(problems.first?.contains(part) == true, "\(text)")
        }
        let effective = try SettingsTests.load(SettingsTests.enough).effective.map { "\($0.name)=\($0.text)" }
        #expect(effective.contains("dead-letters.replay.automatic=none"))
    }

    @Test(arguments: [("100", 100.0), ("100/s", 100), ("0.5/s", 0.5)])
    func theRateLimitIsCallsASecond(_ text: String, _ rate: Double) throws {
        let settings = try SettingsTests.load(SettingsTests.enough + ["portal.rate.limit=\(text)"])
        #expect(settings.engine.rateLimit == rate)
        for wrong in ["0", "-1", "fast", "100/m", "/s", "nan", "inf"] {
            #expect(SettingsTests.problems(SettingsTests.enough + ["portal.rate.limit=\(wrong)"]).count == 1)
        }
    }

    @Test func secretsAreMaskedInThePrintedSettings() throws {
        let settings = try SettingsTests.load(SettingsTests.enough + ["kafka.sasl.password=hunter2"])
        #expect(settings.effective.contains { $0.name == "kafka.sasl.password" && $0.text == "********" })
        #expect(settings.kafka["sasl.password"] == "hunter2")
        #expect(!settings.effective.contains { $0.text.contains("hunter2") })
    }

    @Test func everySettingHasAMeaningAndAValidDefault() throws {
        let settings = try SettingsTests.load(SettingsTests.enough)
        #expect(settings.engine.maximumInFlight == 64)
        #expect(SettingKey.allCases.allSatisfy { !$0.meaning.isEmpty })
    }

    @Test(arguments: [
        ("127.0.0.1:9464", "127.0.0.1", 9464), ("[::1]:80", "::1", 80), (":9464", "0.0.0.0", 9464),
    ])
    func listenAddressesAreRead(_ text: String, _ host: String, _ port: UInt16) {
        #expect(ListenAddress(text) == ListenAddress(host: host, port: port))
        #expect(ListenAddress("nowhere") == nil)
        #expect(ListenAddress("host:99999") == nil)
    }
}
