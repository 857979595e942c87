import Glibc
import Kafka

/// Makes the Kafka clients, with the settings that the promises rest on.
struct KafkaClients: Sendable {
    let settings: WorkerSettings
    let log: Log
    /// For what holds personal data.
    let seal: Seal
    /// Fences an earlier producer of the same name. Stable for a static member, so that a restart ends at once what the
    /// last run left open; unique otherwise, so that two workers never fence each other.
    let transactionalID: String

    init(settings: WorkerSettings, log: Log) {
        self.settings = settings
        self.log = log
        seal = Seal(settings.encryption?.keyring)
        let suffix = settings.instanceID ?? "\(Host.name)-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        transactionalID = "\(settings.groupID)-\(suffix)"
    }

    /// The member of the group.
    func consumer() throws(KafkaError) -> Consumer {
        var recommended = ClientSettings.recommendedConsumer()
        // Records wait in the broker as well as here, and the window is a few hundred of them.
        recommended["queued.max.messages.kbytes"] = "4096"
        var own: ClientSettings = ["group.id": settings.groupID, "enable.partition.eof": "false"]
        if let instance = settings.instanceID { own["group.instance.id"] = instance }
        return try Consumer(settings: merged(recommended, own), log: logLine)
    }

    /// Reads ledgers and committed offsets; never joins the group.
    func ledgerReader() throws(KafkaError) -> Consumer {
        let own: ClientSettings = [
            "group.id": settings.groupID, "enable.partition.eof": "true", "fetch.wait.max.ms": "10",
        ]
        return try Consumer(settings: merged(.recommendedConsumer(), own), log: logLine)
    }

    /// Reads what is not committed yet, too.
    func uncommittedReader() throws(KafkaError) -> Consumer {
        let own: ClientSettings = [
            "group.id": settings.groupID, "enable.partition.eof": "true", "fetch.wait.max.ms": "10",
            "isolation.level": "read_uncommitted",
        ]
        return try Consumer(settings: merged(.recommendedConsumer(), own), log: logLine)
    }

    /// - Parameters:
    ///   - batchBytes: no batch is larger, unless it is of a single record.
    ///   - transactionalID: nil for this worker's own.
    func producer(batchBytes: Int, transactionalID: String? = nil) throws(KafkaError) -> TransactionalProducer {
        let own: ClientSettings = [
            "transactional.id": transactionalID ?? self.transactionalID,
            // The broker's own limit on a topic decides; the client's default would refuse what a topic allows.
            "message.max.bytes": "104857600",
            // The library does not split a batch that is too large for its topic, as Java does: it fails all of it.
            "batch.size": String(max(1, min(batchBytes, 1_000_000))),
        ]
        return try TransactionalProducer(settings: merged(.recommendedProducer(), own), log: logLine)
    }

    func admin() throws(KafkaError) -> Admin { try Admin(settings: settings.kafka, log: logLine) }

    /// The user's settings win over what is recommended, and ours over the user's (which are refused when they clash).
    private func merged(_ recommended: ClientSettings, _ own: ClientSettings) -> ClientSettings {
        recommended.merging(settings.kafka) { _, user in user }.merging(own) { _, own in own }
    }

    private func logLine(_ line: LogLine) {
        // Syslog levels: 3 and below are errors, 4 is a warning. A broker that is away is no error of ours.
        let level: LogLevel = line.level <= 3 ? .warning : line.level == 4 ? .info : .debug
        log.write(
            level, "kafka.client", line.message, ["facility": .text(line.facility)])
    }
}

/// This machine.
enum Host {
    static let name: String = {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, 255) == 0 else { return "localhost" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }()
}
