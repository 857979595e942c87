import Engine
import Kafka
import Portal

/// Turns texts into settings and collects what is wrong with them.
struct SettingsReader {
    private let raw: RawSettings
    private(set) var problems: SettingsProblems

    /// From a worker's eviction until another has read its ledger and looked up what it left in doubt, besides the wait for
    /// the lease. It is taken from the lease, so that all is settled within the session time-out and `filing.lease`.
    private static let takeoverTime: Int64 = 3_000

    init(_ raw: RawSettings) {
        self.raw = raw
        problems = raw.problems
    }

    mutating func read(_ scope: SettingsScope) -> WorkerSettings {
        let mode = choice(.mode, FilingMode.self)
        let topics = TopicNames { ShadowNames.topic(text($0.setting), $0, mode) }
        checkDistinct(topics)
        checkMode(mode)
        var engine = engine()
        engine.mode = mode
        // What a shadow says that it would file is not there.
        if mode == .shadow { engine.following = nil }
        return WorkerSettings(
            mode: mode, groupID: groupID(mode), instanceID: optional(.instanceID), topics: topics, kafka: kafka(),
            portal: portal(scope), engine: engine, allowedCreditors: allowedCreditors(),
            drainTimeout: duration(.drainTimeout), transactionInterval: duration(.transactionInterval),
            adminListen: adminListen(), automaticReplay: automaticReplay(),
            sendKeySecretFile: optional(.sendKeySecretFile),
            encryption: encryption(),
            cloudEvents: choice(.cloudEventsMode, CloudEventsMode.self), cloudEventsSource: cloudEventsSource(mode),
            logLevel: choice(.logLevel, LogLevel.self), logFormat: choice(.logFormat, LogFormat.self),
            effective: effective(engine))
    }

    // MARK: Parts

    private mutating func engine() -> EngineSettings {
        var settings = EngineSettings()
        settings.maximumInFlight = count(.portalMaxInFlight, in: 1...10_000)
        settings.retryFloor = max(10, settings.maximumInFlight)
        settings.rateLimit = rateLimit()
        settings.failurePolicy = choice(.portalFailurePolicy, FailurePolicy.self)
        settings.callTimeout = duration(.portalCallTimeout, in: 100...600_000)
        settings.lease = settings.callTimeout + 10_000 - SettingsReader.takeoverTime
        if optional(.filingLease) != nil {
            settings.lease = duration(.filingLease) - SettingsReader.takeoverTime
            // Otherwise no call could be started within it, or each would be cut short.
            let least = settings.callTimeout + settings.portalGrace
            if settings.lease <= least {
                complain(
                    .filingLease,
                    "must be longer than portal.call.timeout and \(settings.portalGrace + SettingsReader.takeoverTime) ms, "
                        + "since a call must have ended at the portal within it, and a takeover takes a while")
            }
        }
        settings.adoptsFilings = flag(.filingAdopt)
        settings.retryBackoff = range(.retryBackoffMin, .retryBackoffMax)
        settings.retryHorizon = duration(.retryHorizon)
        settings.estateWait = range(.estateWaitMin, .estateWaitMax)
        settings.estateWaitHorizon = duration(.estateWaitHorizon)
        settings.ledgerRetention = duration(.ledgerRetention)
        settings.largestAttachment = Int64(count(.attachmentsMaxSize, in: 1...1 << 30))
        settings.following = following(callTimeout: settings.callTimeout)
        return settings
    }

    private mutating func following(callTimeout: Int64) -> FollowSettings? {
        if text(.followInterval) == "none" { return nil }
        var settings = FollowSettings()
        settings.interval = duration(.followInterval, in: 1_000...Int64.max / 4)
        settings.batchSize = count(.followBatchSize, in: 1...1_000)
        // An estate that was found by a call which took its time is known as it was before that.
        settings.overlap = max(duration(.followOverlap, in: 1_000...Int64.max / 4), 2 * callTimeout)
        settings.firstOverlap = max(settings.firstOverlap, settings.overlap)
        return settings
    }

    private mutating func allowedCreditors() -> AllowedCreditors? {
        guard optional(.creditorsAllowed) != nil else { return nil }
        if let allowed = AllowedCreditors(list(.creditorsAllowed)) { return allowed }
        complain(
            .creditorsAllowed, "write CVR numbers of eight digits with commas between, each with /- or /CVR if need be")
        return nil
    }

    private mutating func automaticReplay() -> AutomaticReplay {
        var settings = AutomaticReplay()
        settings.delay = duration(.automaticReplayDelay, in: 1...86_400_000)
        if let rate = ReplayRate(text(.automaticReplayRate))?.perSecond {
            settings.rate = rate
        } else {
            complain(
                .automaticReplayRate,
                "'\(text(.automaticReplayRate))' is no rate; write a number a second, minute or hour: 5/s, 60/m")
        }
        if text(.automaticReplay) == "none" { return settings }
        for name in list(.automaticReplay) {
            switch FailureCategory(rawValue: name) {
            case .certificate, .environment:
                if let category = FailureCategory(rawValue: name) { settings.categories.insert(category) }
            case .validation:
                complain(
                    .automaticReplay,
                    "validation cannot be among them: such a request fails again until it is corrected")
            case nil:
                complain(.automaticReplay, "'\(name)' is none of certificate, environment; or write none alone")
            }
        }
        return settings
    }

    private mutating func rateLimit() -> Double? {
        guard let text = optional(.portalRateLimit) else { return nil }
        let number = text.hasSuffix("/s") ? String(text.dropLast(2)) : text
        if let rate = Double(number), rate >= 0.001, rate <= 100_000 { return rate }
        complain(.portalRateLimit, "'\(text)' is no number of calls a second; write 20/s, or 0.5/s")
        return nil
    }

    private mutating func portal(_ scope: SettingsScope) -> PortalSettings {
        switch scope {
        case .everything: return portal()
        case .kafka:
            // The copy keeps the problems to itself.
            var copy = self
            return copy.portal()
        }
    }

    private mutating func portal() -> PortalSettings {
        let environment = choice(.portalEnvironment, PortalSettings.Environment.self)
        var settings = PortalSettings(environment: environment)
        if let url = optional(.portalURL) {
            if environment != .simulator {
                complain(
                    .portalURL,
                    "only portal.environment=simulator may set it; \(environment.rawValue) has its own address")
            } else {
                settings.url = url
            }
        } else if environment == .simulator {
            problems.add(
                "portal.url: portal.environment=simulator needs the simulator's address, for example http://127.0.0.1:8080"
            )
        }
        settings.tokenURL = optional(.portalTokenURL)
        settings.clientID = optional(.portalClientID)
        settings.tokenScope = optional(.portalTokenScope)
        settings.tokenAuthentication = choice(.portalTokenAuth, PortalSettings.TokenAuthentication.self)
        settings.certificateFile = optional(.portalCertificateFile)
        settings.keyFile = optional(.portalKeyFile)
        settings.caFile = optional(.portalCAFile)
        settings.callTimeout = duration(.portalCallTimeout)
        settings.attachmentFolder = optional(.attachmentsFolder).map(AttachmentFolder.init)
        settings.largestAttachment = Int64(count(.attachmentsMaxSize, in: 1...1 << 30))
        settings.maximumInFlight = count(.portalMaxInFlight, in: 1...10_000)
        settings.keyPasswordFile = optional(.portalKeyPasswordFile)
        settings.tokenHosts = list(.portalTokenHost)
        settings.certificateAuthorityPins = list(.portalCertificateCAPin)
        checkToken(settings)
        return settings
    }

    private mutating func checkToken(_ settings: PortalSettings) {
        switch settings.tokenAuthentication {
        case .none:
            if settings.environment != .simulator {
                complain(.portalTokenAuth, "none is for the simulator only; use mtls or private-key-jwt")
            }
        case .mutualTLS, .privateKeyJWT:
            for key in [SettingKey.portalTokenURL, .portalClientID] where optional(key) == nil {
                problems.add("\(key.rawValue): missing; portal.token.auth=\(text(.portalTokenAuth)) needs it")
            }
            if settings.environment != .simulator || settings.tokenAuthentication == .privateKeyJWT {
                if settings.certificateFile == nil {
                    problems.add("portal.certificate.file: missing; the portal is reached with a VOCES certificate")
                }
            }
        }
    }

    private mutating func kafka() -> ClientSettings {
        var settings: ClientSettings = [:]
        for (name, value) in raw.kafka.sorted(by: { $0.key < $1.key }) {
            let isInFile = name.hasSuffix(".file")
            let setting = isInFile ? String(name.dropLast(5)) : name
            if let reason = ReservedKafkaSettings.reason(setting) {
                problems.add("kafka.\(name) (\(value.origin)): cannot be set: \(reason)")
            } else if isInFile {
                do { settings[setting] = try TextFile.readSecret(value.text) } catch {
                    problems.add("kafka.\(name) (\(value.origin)): \(value.text): \(error)")
                }
            } else {
                settings[name] = value.text
            }
        }
        if settings["bootstrap.servers"] == nil {
            problems.add("kafka.bootstrap.servers: missing; give the brokers' addresses, for example 127.0.0.1:9092")
        }
        return settings
    }

    private mutating func encryption() -> Encryption? {
        guard let file = optional(.encryptionKeyFile) else { return nil }
        // Before the reading: what is written meanwhile is seen as a change.
        let stamp = FileStamp(file)
        switch KeyFile.read(file) {
        case .success(let keyring):
            return Encryption(file: file, stamp: stamp, keyring: keyring)
        case .failure(let problems):
            for message in problems.messages { complain(.encryptionKeyFile, "\(file): \(message)") }
            return nil
        }
    }

    /// A URI reference (RFC 3986 § 4.1), as far as its characters go.
    private mutating func cloudEventsSource(_ mode: FilingMode) -> String {
        let marks = Set("-._~:/?#[]@!$&'()*+,;=%".utf8)
        func isAllowed(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), 0x30...0x39: true
            default: marks.contains(byte)
            }
        }
        if let source = optional(.cloudEventsSource) {
            if source.utf8.allSatisfy(isAllowed) { return source }
            complain(
                .cloudEventsSource,
                "is no URI reference; write for example /proklama or https://creditor.example/estates")
        }
        let hex = Array("0123456789ABCDEF")
        return groupID(mode).utf8.reduce("/proklama/") { path, byte in
            // What has a meaning in a URI stands for itself in a group's name.
            if isAllowed(byte), !Set("/?#[]@%".utf8).contains(byte) { return path + String(UnicodeScalar(byte)) }
            return path + "%\(hex[Int(byte >> 4)])\(hex[Int(byte & 15)])"
        }
    }

    private mutating func adminListen() -> ListenAddress? {
        let text = text(.adminListen)
        if text == "none" || text.isEmpty { return nil }
        if let address = ListenAddress(text) { return address }
        complain(.adminListen, "is no address; write host:port, or none")
        return nil
    }

    private mutating func checkDistinct(_ topics: TopicNames) {
        let names = [
            topics.deathNotifications, topics.claimRequests, topics.estateReplies, topics.claimReplies,
            topics.estateUpdates, topics.deadLetters, topics.deadLettersAudit, topics.ledger,
        ]
        for (index, name) in names.enumerated() where names[..<index].contains(name) {
            problems.add("topics.*: \(name) is given to two of them; each needs a topic of its own")
        }
    }

    // MARK: Values

    mutating func complain(_ key: SettingKey, _ message: String) {
        let origin = raw.values[key].map { " (\($0.origin))" } ?? ""
        problems.add("\(key.rawValue)\(origin): \(message)")
    }

    func optional(_ key: SettingKey) -> String? {
        let text = raw.values[key]?.text ?? key.defaultText
        return text?.isEmpty == true ? nil : text
    }

    func text(_ key: SettingKey) -> String { optional(key) ?? "" }

    private func list(_ key: SettingKey) -> [String] {
        text(key).split(separator: ",").map { item in
            String(item.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
    }

    private mutating func duration(_ key: SettingKey, in range: ClosedRange<Int64> = 1...Int64.max / 4) -> Int64 {
        guard let value = DurationText.parse(text(key)) else {
            complain(key, "'\(text(key))' is no duration; write a number with ms, s, m, h or d, as in 30s")
            return range.lowerBound
        }
        guard range.contains(value) else {
            complain(key, "'\(text(key))' is out of range")
            return range.lowerBound
        }
        return value
    }

    private mutating func range(_ lower: SettingKey, _ upper: SettingKey) -> ClosedRange<Int64> {
        let low = duration(lower)
        let high = duration(upper)
        guard low <= high else {
            complain(lower, "is longer than \(upper.rawValue)")
            return low...low
        }
        return low...high
    }

    private mutating func count(_ key: SettingKey, in range: ClosedRange<Int>) -> Int {
        guard let value = Int(text(key)), range.contains(value) else {
            complain(key, "'\(text(key))' is no whole number from \(range.lowerBound) to \(range.upperBound)")
            return range.lowerBound
        }
        return value
    }

    private mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ key: SettingKey, _ type: Choice.Type
    ) -> Choice where Choice.RawValue == String {
        if let value = Choice(rawValue: text(key)) { return value }
        let choices = Choice.allCases.map(\.rawValue)
        complain(key, "'\(text(key))' is none of \(choices.joined(separator: ", "))")
        // Every one of these enums has a case; the value is not used, since there is a problem now.
        return Choice.allCases[Choice.allCases.startIndex]
    }

    /// Those that are absent by default stand in it with the value that takes their place, as far as the promises' times
    /// depend on them.
    private func effective(_ engine: EngineSettings) -> [(name: String, text: String)] {
        var lines: [(name: String, text: String)] = []
        for key in SettingKey.allCases {
            if let text = inForce(key, engine.mode) {
                lines.append((key.rawValue, text))
            } else if key == .filingLease {
                lines.append((key.rawValue, "\(engine.lease + SettingsReader.takeoverTime)ms"))
            }
        }
        var kafka = raw.kafka.mapValues(\.text)
        for name in ["session.timeout.ms", "heartbeat.interval.ms"] where kafka[name] == nil {
            kafka[name] = ClientSettings.recommendedConsumer()[name]
        }
        kafka["transaction.timeout.ms"] =
            kafka["transaction.timeout.ms"] ?? ClientSettings.recommendedProducer()["transaction.timeout.ms"]
        for (name, value) in kafka.sorted(by: { $0.key < $1.key }) {
            lines.append(("kafka.\(name)", ReservedKafkaSettings.isSecret(name) ? "********" : value))
        }
        return lines
    }
}
