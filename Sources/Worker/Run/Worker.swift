import CLinux
import Driver
import Engine
import Estates
import EventLoop
import Glibc
import Kafka
import Portal

/// A worker: the driver with its engine, and around them the consumer, the producer, the portal's client and the clock.
/// It decides nothing: it tells the driver what happens and carries its actions out.
///
/// **Threads.** One turns the loop and owns everything here: it polls the consumer, makes the calls and asks the engine.
/// What blocks has a thread of its own and a mailbox: transactions (`Committer`), ledgers (`Restorer`), waking the
/// library after a rebalance (`LeaderWaker`), and the dead letters of a time when the gate was closed (`LetterWatch`). They
/// answer through `messages`.
///
/// Its aspects: `Worker+Events` polls the consumer, `Worker+Actions` carries out what the driver wants, `Worker+Ticks`
/// commits, `Worker+Stop` ends it, `Worker+Report` says where it stands.
public final class Worker {
    /// What other threads have to tell the loop.
    enum Message: Sendable {
        case producerReady(TopicLimits)
        case tickEnded(CommitResult)
        case restoring(RestoreResult)
        /// The files of a call have been looked at; nil is well.
        case filesChecked(CallTicket, AttachmentFailure?)
        /// The inputs have so many partitions.
        case partitionsCounted(Int)
        case letters(LetterReport)
        case failed(String)
        case inspect(@Sendable (WorkerSnapshot) -> Void)
        case stop
    }

    let settings: WorkerSettings
    let log: Log
    let loop = EventLoop()
    let messages = Mailbox<Message>()
    /// Nil ends the thread, here and below.
    let commits = Mailbox<CommitJob?>()
    let restores = Mailbox<RestoreJob?>()
    let wakes = Mailbox<[TopicPartition]?>()
    let fileChecks = Mailbox<FileCheck?>()
    let letterNews = Mailbox<LetterNews>()
    let consumer: Consumer
    let portal: any PortalAccess
    let parser: RecordParser
    let startedAt = MonotonicClock.milliseconds()

    /// What to do about all that happens.
    var driver: Driver
    var exitStatus: Int32 = 0
    /// Why it had to give up.
    public internal(set) var failure: String?
    /// How many restores have ended well.
    var restored = 0
    /// Dead letters of the last time that the gate was closed; nil when it never was.
    var letters: LetterReport?
    var calls: [CallTicket: CallID] = [:]
    var unchecked: [CallTicket: UncheckedCall] = [:]
    /// Whether the consumer may have events that were not polled.
    var mayHaveEvents = true
    var transactions = WorkerSnapshot.Transactions()
    /// What the topics take.
    var limits = TopicLimits.unknown

    private let clients: KafkaClients
    private let consumerWake: CInt
    private var keyWatch: KeyWatch?
    private var wakeTimer: EventLoop.Timer?
    var tickTimer: EventLoop.Timer?

    /// Reads the certificate and makes the clients; nothing is connected yet.
    public init(settings: WorkerSettings, log: Log) throws(WorkerStartError) {
        self.settings = settings
        self.log = log
        clients = KafkaClients(settings: settings, log: log)
        parser = RecordParser(settings)
        driver = Driver(
            engine: Engine(settings: settings.engine, seed: UInt64.random(in: 0...UInt64.max)),
            transactionInterval: settings.transactionInterval, drainTimeout: settings.drainTimeout, at: Worker.now)
        do throws(KafkaError) { consumer = try clients.consumer() } catch {
            throw WorkerStartError("the Kafka consumer cannot be made: \(error.message)")
        }
        do throws(PortalSetupError) {
            portal = try Worker.portal(settings, loop) { level, message in
                log.write(LogLevel(rawValue: level.rawValue) ?? .info, "portal.client", message)
            }
        } catch {
            throw WorkerStartError("the portal's client cannot be set up:\n\(error)")
        }
        consumerWake = eventfd(0, CInt(EFD_CLOEXEC | EFD_NONBLOCK))
        precondition(consumerWake >= 0, "eventfd: errno \(errno)")
    }

    /// A shadow gets one that only reads.
    private static func portal(
        _ settings: WorkerSettings, _ loop: EventLoop, _ log: @escaping @Sendable (PortalLogLevel, String) -> Void
    ) throws(PortalSetupError) -> any PortalAccess {
        switch settings.mode {
        case .live: try PortalClient(settings: settings.portal, loop: loop, log: log)
        case .shadow: try ShadowPortal(settings: settings.portal, loop: loop, log: log)
        }
    }

    /// Works until it is told to stop, by `stopper` or by a signal (`stopOnSignals`).
    ///
    /// - Returns: the exit status: 0 after a clean stop, 1 when it had to give up.
    public func run() -> Int32 {
        log.info(
            "worker.starting", "starting",
            [
                "version": .text(ProductVersion.text), "librdkafka": .text(KafkaLibrary.version),
                "mode": .text(settings.mode.rawValue), "group": .text(settings.groupID),
                "environment": .text(settings.portal.environment.rawValue),
            ])
        tellCertificate()
        startThreads()
        startLetterWatch()
        loop.watch(messages.descriptor, for: .read) { [unowned self] _ in
            for message in messages.take() { handle(message) }
        }
        loop.watch(consumerWake, for: .read) { [unowned self] _ in
            var count: eventfd_t = 0
            eventfd_read(consumerWake, &count)
            mayHaveEvents = true
        }
        consumer.wakes(consumerWake)
        if let encryption = settings.encryption {
            keyWatch = KeyWatch(
                file: encryption.file, stamp: encryption.stamp, seal: clients.seal, loop: loop, log: log)
        }
        portal.onCredentialsReplaced = { [unowned self] in driver.engine.credentialsReplaced(at: now) }
        wakeTimer = loop.makeTimer { [unowned self] in mayHaveEvents = true }
        tickTimer = loop.makeTimer {}
        while true {
            // At least twice a second: the consumer must be polled even if a wake-up got lost.
            wakeTimer?.deadline = min(nextWake, MonotonicClock.nanoseconds() + 500_000_000)
            loop.turn()
            endLateChecks()
            driver.advance(to: now)
            carryOut()
            takeEvents()
            tickIfDue()
            if stopIsOver() { break }
        }
        commits.post(nil)
        restores.post(nil)
        wakes.post(nil)
        fileChecks.post(nil)
        letterNews.post(.stop)
        log.info("worker.stopped", "stopped", ["status": .number(Int64(exitStatus))])
        return exitStatus
    }

    /// Makes SIGTERM and SIGINT stop this worker; a second one ends it without waiting for what is under way. The program
    /// must have called `StopSignals.block` first.
    public func stopOnSignals() {
        StopSignals.watch(loop) { [unowned self] in
            driver.hurry(at: now)
            beginStop()
        }
    }

    /// Asks the worker to finish what is under way and to end. May be called from any thread.
    public var stopper: @Sendable () -> Void {
        let messages = messages
        return { messages.post(.stop) }
    }

    /// Asks where it stands; the answer comes on the loop's thread. May be called from any thread.
    public var inspector: @Sendable (@escaping @Sendable (WorkerSnapshot) -> Void) -> Void {
        let messages = messages
        return { messages.post(.inspect($0)) }
    }

    static var now: Moment { Moment(monotonic: MonotonicClock.milliseconds(), wall: Log.now()) }
    var now: Moment { Worker.now }

    private var nextWake: Int64 {
        if mayHaveEvents, driver.mayTakeEvents { return 0 }
        return driver.nextWake.map { $0 * 1_000_000 } ?? Int64.max
    }

    private func startThreads() {
        let messages = messages
        let clients = clients
        let encoder = OutcomeEncoder(
            topics: settings.topics, groupID: settings.groupID, mode: settings.mode, worker: "\(Host.name)-\(getpid())",
            seal: clients.seal, cloudEvents: settings.cloudEvents, cloudEventsSource: settings.cloudEventsSource)
        NativeThread.start("committer") { [commits] in
            Committer.run(
                clients: clients, encoder: encoder, inbox: commits, ready: { messages.post(.producerReady($0)) },
                ended: { messages.post(.tickEnded($0)) })
        }
        NativeThread.start("files") { [fileChecks, portal = settings.portal] in
            FileCheck.run(portal, inbox: fileChecks) { messages.post(.filesChecked($0, $1)) }
        }
        NativeThread.start("restorer") { [restores, parser] in
            do throws(KafkaError) {
                try Restorer(clients: clients, parser: parser).run(inbox: restores) { messages.post(.restoring($0)) }
            } catch {
                messages.post(.failed("the ledgers' consumer cannot be made: \(error.message)"))
            }
        }
        NativeThread.start("leader-waker") { [wakes, consumer, settings] in
            LeaderWaker.run(consumer: consumer, topics: settings.topics, inbox: wakes) {
                messages.post(.partitionsCounted($0))
            }
        }
    }

    /// Not in a shadow: it looks for what could be replayed, and a shadow's letters cannot.
    private func startLetterWatch() {
        guard settings.mode == .live else { return }
        let messages = messages
        NativeThread.start("letters") { [settings, log, letterNews] in
            LetterWatch(
                settings: settings, log: log, worker: "\(Host.name)-\(getpid())", inbox: letterNews,
                report: { messages.post(.letters($0)) }
            ).run()
        }
    }

    private func handle(_ message: Message) {
        switch message {
        case .producerReady(let limits): join(limits)
        case .tickEnded(let result): tickEnded(result)
        case .restoring(let result): restoreEnded(result)
        case .filesChecked(let ticket, let failure): filesChecked(ticket, failure)
        case .letters(let report):
            letters = report
            driver.hasOtherWork = report.automatic == .running
        case .partitionsCounted(let count): driver.engine.setPartitionCount(count, at: now)
        case .failed(let message): giveUp(message)
        case .inspect(let reply): reply(snapshot)
        case .stop: beginStop()
        }
    }

    private func restoreEnded(_ result: RestoreResult) {
        switch result {
        case .restored(let partition, let epoch, let contents, let records, let milliseconds):
            log.info(
                "partition.restored", "a partition was restored from the ledger",
                [
                    "partition": .number(Int64(partition)), "filings": .number(Int64(contents.filingCount)),
                    "pending": .number(Int64(contents.requests.count)), "records": .number(Int64(records)),
                    "milliseconds": .number(milliseconds),
                ])
            restored += 1
            driver.engine.restored(partition, epoch: epoch, contents, at: now)
        case .failed(_, let message):
            giveUp(message)
        }
    }
}
