import CLinux
import Engine
import Estates
import EventLoop
import Glibc
import Kafka
import Portal

/// A worker: the engine, and around it the consumer, the producer, the portal's client and the clock.
///
/// **Threads.** One turns the loop and owns everything here: it polls the consumer, makes the calls and asks the engine.
/// What blocks has a thread of its own and a mailbox: transactions (`Committer`), ledgers (`Restorer`), and waking the
/// library after a rebalance (`LeaderWaker`). They answer through `messages`.
///
/// Its aspects: `Worker+Group` answers the group's events, `Worker+Commands` carries out what the engine wants,
/// `Worker+Ticks` commits, `Worker+Stop` ends it.
public final class Worker {
    /// What other threads have to tell the loop.
    enum Message: Sendable {
        case producerReady(TopicLimits)
        case tickEnded(CommitResult)
        case restoring(RestoreResult)
        /// The inputs have so many partitions.
        case partitionsCounted(Int)
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
    let consumer: Consumer
    let portal: PortalClient
    let parser: RecordParser
    let startedAt = MonotonicClock.milliseconds()

    var engine: Engine
    var stage = WorkerSnapshot.Stage.joining
    var exitStatus: Int32 = 0
    /// Why it had to give up.
    public internal(set) var failure: String?
    var stopDeadline: Int64?
    /// Partitions whose work is still being finished before the end.
    var undrainedAtStop: Set<Int32> = []

    /// The name under which the group has given us what we own (`Worker+Membership`).
    var member = ""
    /// Partitions that the group has given us.
    var owned: Set<Int32> = []
    /// Those of them that came with an earlier membership.
    var disowned: Set<Int32> = []
    /// Those of them whose records the consumer fetches.
    var fetched: Set<Int32> = []
    /// Those of these that stand still while their ledger is read again.
    var standing: Set<Int32> = []
    var restoring: Set<Int32> = []
    /// How many restores have ended well.
    var restored = 0
    var revocation: Revocation?
    /// Partitions that were restored while a revocation was being answered.
    var postponedIntakes: [(partition: Int32, positions: [InputTopic: Int64])] = []
    /// Partitions that were restored, but the library would not fetch them.
    var failedIntakes: [(partition: Int32, positions: [InputTopic: Int64])] = []
    /// The next offset to take in of each partition that is fetched.
    var nextOffsets: [InputPartition: Int64] = [:]
    /// Partitions whose records come again, so that it is told once.
    var rereading: Set<InputPartition> = []

    var calls: [CallTicket: CallID] = [:]
    /// Whether the consumer may have events that were not polled.
    var mayHaveEvents = true
    /// Since when the window has been full; milliseconds.
    var fullSince: Int64?
    var isPaused = false

    var isProducerReady = false
    var isTickUnderWay = false
    var tickStartedAt: Int64 = 0
    var tickEndedAt: Int64 = 0
    var transactions = WorkerSnapshot.Transactions()
    /// What the topics take.
    var limits = TopicLimits.unknown
    /// How long offsets are left alone, and since when; milliseconds. A quarter of the shortest retention that is sane.
    package var offsetsLifetime: Int64 = 6 * 3_600_000
    var offsetsKeptAt = MonotonicClock.milliseconds()

    private let clients: KafkaClients
    private let consumerWake: CInt
    private var wakeTimer: EventLoop.Timer?
    var tickTimer: EventLoop.Timer?

    /// Reads the certificate and makes the clients; nothing is connected yet.
    public init(settings: WorkerSettings, log: Log) throws(WorkerStartError) {
        self.settings = settings
        self.log = log
        clients = KafkaClients(settings: settings, log: log)
        parser = RecordParser(isProduction: settings.portal.environment == .production)
        engine = Engine(settings: settings.engine, seed: UInt64.random(in: 0...UInt64.max))
        do throws(KafkaError) { consumer = try clients.consumer() } catch {
            throw WorkerStartError("the Kafka consumer cannot be made: \(error.message)")
        }
        do throws(PortalSetupError) {
            portal = try PortalClient(settings: settings.portal, loop: loop) { level, message in
                log.write(LogLevel(rawValue: level.rawValue) ?? .info, "portal.client", message)
            }
        } catch {
            throw WorkerStartError("the portal's client cannot be set up:\n\(error)")
        }
        consumerWake = eventfd(0, CInt(EFD_CLOEXEC | EFD_NONBLOCK))
        precondition(consumerWake >= 0, "eventfd: errno \(errno)")
    }

    /// Works until it is told to stop, by `stopper` or by a signal (`stopOnSignals`).
    ///
    /// - Returns: the exit status: 0 after a clean stop, 1 when it had to give up.
    public func run() -> Int32 {
        log.info(
            "worker.starting", "starting",
            [
                "version": .text(ProductVersion.text), "librdkafka": .text(KafkaLibrary.version),
                "group": .text(settings.groupID), "environment": .text(settings.portal.environment.rawValue),
            ])
        startThreads()
        loop.watch(messages.descriptor, for: .read) { [unowned self] _ in
            for message in messages.take() { handle(message) }
        }
        loop.watch(consumerWake, for: .read) { [unowned self] _ in
            var count: eventfd_t = 0
            eventfd_read(consumerWake, &count)
            mayHaveEvents = true
        }
        consumer.wakes(consumerWake)
        portal.onCredentialsReplaced = { [unowned self] in engine.credentialsReplaced(at: now) }
        wakeTimer = loop.makeTimer { [unowned self] in
            mayHaveEvents = true
            if !failedIntakes.isEmpty { retryIntakes() }
        }
        tickTimer = loop.makeTimer {}
        while true {
            // At least twice a second: the consumer must be polled even if a wake-up got lost.
            wakeTimer?.deadline = min(nextWake, MonotonicClock.nanoseconds() + 500_000_000)
            loop.turn()
            takeEvents()
            engine.advance(to: now)
            carryOut()
            tickIfDue()
            if stopIsOver() { break }
        }
        commits.post(nil)
        restores.post(nil)
        wakes.post(nil)
        log.info("worker.stopped", "stopped", ["status": .number(Int64(exitStatus))])
        return exitStatus
    }

    /// Makes SIGTERM and SIGINT stop this worker; a second one ends it without waiting for what is under way. The program
    /// must have called `StopSignals.block` first.
    public func stopOnSignals() {
        StopSignals.watch(loop) { [unowned self] in
            if stage == .draining || stage == .closing { stopDeadline = MonotonicClock.milliseconds() }
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

    var now: Moment { Moment(monotonic: MonotonicClock.milliseconds(), wall: Log.now()) }

    private var nextWake: Int64 {
        if mayHaveEvents, mayTakeEvents { return 0 }
        return engine.nextWake.map { $0 * 1_000_000 } ?? Int64.max
    }

    private func startThreads() {
        let messages = messages
        let clients = clients
        let encoder = OutcomeEncoder(
            topics: settings.topics, groupID: settings.groupID, worker: "\(Host.name)-\(getpid())")
        NativeThread.start("committer") { [commits] in
            Committer.run(
                clients: clients, encoder: encoder, inbox: commits, ready: { messages.post(.producerReady($0)) },
                ended: { messages.post(.tickEnded($0)) })
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

    private func handle(_ message: Message) {
        switch message {
        case .producerReady(let limits): join(limits)
        case .tickEnded(let result): tickEnded(result)
        case .restoring(let result): restoreEnded(result)
        case .partitionsCounted(let count): engine.setPartitionCount(count, at: now)
        case .failed(let message): giveUp(message)
        case .inspect(let reply): reply(snapshot)
        case .stop: beginStop()
        }
    }
}
