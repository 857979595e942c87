/// The name of a setting, its default as one would write it, and what it is for. The one list of all there are.
public enum SettingKey: String, CaseIterable, Sendable {
    case mode
    case groupID = "group.id"
    case instanceID = "instance.id"
    case deathNotificationsTopic = "topics.death-notifications"
    case claimRequestsTopic = "topics.claim-requests"
    case estateRepliesTopic = "topics.estate-replies"
    case claimRepliesTopic = "topics.claim-replies"
    case estateUpdatesTopic = "topics.estate-updates"
    case deadLettersTopic = "topics.dead-letters"
    case deadLettersAuditTopic = "topics.dead-letters-audit"
    case ledgerTopic = "topics.ledger"
    case creditorsAllowed = "creditors.allowed"
    case portalEnvironment = "portal.environment"
    case portalURL = "portal.url"
    case portalTokenURL = "portal.token.url"
    case portalClientID = "portal.client.id"
    case portalTokenHost = "portal.token.host"
    case portalTokenScope = "portal.token.scope"
    case portalTokenAuth = "portal.token.auth"
    case portalCertificateFile = "portal.certificate.file"
    case portalKeyFile = "portal.key.file"
    case portalKeyPasswordFile = "portal.key.password.file"
    case portalCertificateCAPin = "portal.certificate.ca.pin"
    case portalCAFile = "portal.ca.file"
    case portalMaxInFlight = "portal.max.in.flight"
    case portalRateLimit = "portal.rate.limit"
    case portalFailurePolicy = "portal.failure.policy"
    case portalCallTimeout = "portal.call.timeout"
    case retryBackoffMin = "retry.backoff.min"
    case retryBackoffMax = "retry.backoff.max"
    case retryHorizon = "retry.horizon"
    case estateWaitMin = "estate.wait.min"
    case estateWaitMax = "estate.wait.max"
    case estateWaitHorizon = "estate.wait.horizon"
    case filingLease = "filing.lease"
    case filingAdopt = "filing.adopt"
    case followInterval = "follow.interval"
    case followBatchSize = "follow.batch.size"
    case followOverlap = "follow.overlap"
    case attachmentsFolder = "attachments.folder"
    case attachmentsMaxSize = "attachments.max.size"
    case ledgerRetention = "ledger.retention"
    case encryptionKeyFile = "encryption.key.file"
    case automaticReplay = "dead-letters.replay.automatic"
    case automaticReplayDelay = "dead-letters.replay.automatic.delay"
    case automaticReplayRate = "dead-letters.replay.automatic.rate"
    case drainTimeout = "drain.timeout"
    case transactionInterval = "transaction.interval"
    case adminListen = "admin.listen"
    case sendKeySecretFile = "send.key.secret.file"
    case cloudEventsMode = "cloudevents.mode"
    case cloudEventsSource = "cloudevents.source"
    case logLevel = "log.level"
    case logFormat = "log.format"

    /// As it would stand in a file; nil when the setting is absent by default.
    public var defaultText: String? {
        switch self {
        case .mode: "live"
        case .groupID: "proklama"
        case .deathNotificationsTopic: "estate.death-notifications"
        case .claimRequestsTopic: "estate.claim-requests"
        case .estateRepliesTopic: "estate.estate-replies"
        case .claimRepliesTopic: "estate.claim-replies"
        case .estateUpdatesTopic: "estate.estate-updates"
        case .deadLettersTopic: "estate.dead-letters"
        case .deadLettersAuditTopic: "estate.dead-letters.audit"
        case .ledgerTopic: "estate.ledger"
        case .portalEnvironment: "test"
        case .portalTokenAuth: "mtls"
        case .portalMaxInFlight: "64"
        case .portalFailurePolicy: "dead-letter"
        case .portalCallTimeout: "30s"
        case .retryBackoffMin: "1s"
        case .retryBackoffMax: "5m"
        case .retryHorizon: "7d"
        case .estateWaitMin: "1h"
        case .estateWaitMax: "24h"
        case .estateWaitHorizon: "180d"
        case .filingAdopt: "false"
        case .attachmentsMaxSize: "20971520"
        case .followInterval: "1h"
        case .followBatchSize: "50"
        case .followOverlap: "15m"
        case .ledgerRetention: "400d"
        case .automaticReplay: "none"
        case .automaticReplayDelay: "60s"
        case .automaticReplayRate: "5/s"
        case .drainTimeout: "25s"
        case .transactionInterval: "20ms"
        case .adminListen: "127.0.0.1:9464"
        case .cloudEventsMode: "none"
        case .cloudEventsSource: nil
        case .logLevel: "info"
        case .logFormat: "json"
        case .instanceID, .portalURL, .portalTokenURL, .portalTokenHost, .portalClientID, .portalTokenScope,
            .portalCertificateFile, .portalKeyFile, .portalKeyPasswordFile, .portalCertificateCAPin, .portalCAFile,
            .portalRateLimit, .creditorsAllowed, .filingLease, .attachmentsFolder,
            .encryptionKeyFile, .sendKeySecretFile:
            nil
        }
    }

    /// One line for people.
    public var meaning: String {
        switch self {
        case .mode:
            "live, or shadow: no changing call is made, and what would be filed is answered on topics of its own"
        case .groupID: "consumer group; also the prefix of transactional ids"
        case .instanceID: "unique and stable for a replica: static membership, a rolling restart moves nothing"
        case .deathNotificationsTopic: "input: deaths"
        case .claimRequestsTopic: "input: what to file"
        case .estateRepliesTopic: "output: what became of a death notification"
        case .claimRepliesTopic: "output: what became of a request"
        case .estateUpdatesTopic: "output: changes of estates in which filings stand"
        case .deadLettersTopic: "output: what failed, and why"
        case .deadLettersAuditTopic: "what was replayed or discarded; compacted"
        case .ledgerTopic: "internal: the state of every filing; compacted"
        case .creditorsAllowed:
            "who may file, by commas: CVR, CVR/- for itself only, CVR/CVR on behalf of that one only; unset: anybody"
        case .portalEnvironment: "production, test or simulator"
        case .portalURL: "only the simulator's may be set"
        case .portalTokenURL: "where tokens are requested"
        case .portalTokenHost: "its host, once more, when it is not the courts' own"
        case .portalClientID: "client_id of the token request"
        case .portalTokenScope: "scope of the token request"
        case .portalTokenAuth: "mtls (RFC 8705), private-key-jwt (RFC 7523), or none (simulator only)"
        case .portalCertificateFile: "client certificate with its chain: PEM, or PKCS#12"
        case .portalKeyFile: "its private key: PEM"
        case .portalKeyPasswordFile: "file with the password of the key"
        case .portalCertificateCAPin: "SHA-256 of authorities that are accepted though they are not OCES, by commas"
        case .portalCAFile: "certificates that the portal's own is verified against: PEM"
        case .portalMaxInFlight: "most calls at once, a worker; fewer while the portal is slow"
        case .portalRateLimit: "calls a second for the whole group; each worker takes the share of its partitions"
        case .portalFailurePolicy:
            "dead-letter or hold: requests in flight when the certificate or the environment is wrong"
        case .portalCallTimeout: "how long a call may take"
        case .retryBackoffMin: "first wait after a failure that may pass"
        case .retryBackoffMax: "longest wait after a failure that may pass"
        case .retryHorizon: "how long a failure may last before the request is dead-lettered"
        case .estateWaitMin: "first wait for an estate that is not there yet"
        case .estateWaitMax: "longest wait between two searches"
        case .estateWaitHorizon: "how long an estate is waited for"
        case .followInterval: "how often the portal is asked which estates with filings have changed; none: never"
        case .followBatchSize: "estates that one of these calls asks about"
        case .followOverlap: "how much further back they ask than the last time; at least twice portal.call.timeout"
        case .filingLease: "how soon after its session a dead worker's doubts are settled; portal.call.timeout and 10s"
        case .filingAdopt:
            "true: before a first filing the portal is asked whether somebody has filed it already, which is adopted then"
        case .attachmentsFolder: "folder below which the files lie that requests name as attachments"
        case .attachmentsMaxSize: "bytes of the largest attachment"
        case .ledgerRetention: "how long a settled filing is remembered"
        case .encryptionKeyFile:
            "keys that personal data in ledger and dead letters is sealed with; the first one seals"
        case .automaticReplay:
            "whose dead letters a worker replays when the gate opens: certificate, environment, or none"
        case .automaticReplayDelay: "how long the gate must have been open before that"
        case .automaticReplayRate: "how fast that goes"
        case .drainTimeout: "how long what is under way may take on SIGTERM; a revocation waits two seconds"
        case .transactionInterval: "shortest time between the starts of two transactions under load"
        case .adminListen: "address of health, metrics and status; none to turn it off"
        case .sendKeySecretFile: "secret from which `proklama send` derives record keys"
        case .cloudEventsMode:
            "none, binary or structured: replies and updates as CloudEvents 1.0; requests may be either at any time"
        case .cloudEventsSource: "source of those events, a URI reference; by default /proklama/ and the group.id"
        case .logLevel: "debug, info, warning or error"
        case .logFormat: "json, or text for people"
        }
    }

    /// The name in the environment: `PROKLAMA_PORTAL_TOKEN_URL`.
    public var environmentName: String { "PROKLAMA_" + SettingKey.environmentForm(rawValue) }

    static func environmentForm(_ name: String) -> String {
        String(name.uppercased().map { $0 == "." || $0 == "-" ? "_" : $0 })
    }
}
