import Engine
import Estates

/// One run: some workers, a model of Kafka, a model of the portal, and checkers, all driven by one queue of events and
/// one source of chance.
final class Simulation {
    let settings: SimulationSettings
    let engineSettings: EngineSettings
    var random: SimulationRandom
    let plan: FaultPlan
    let workload: Workload
    var queue = EventQueue()
    var now: Int64 = 0
    var broker: Broker
    var group: ConsumerGroup
    var portal: ModelPortal
    var checker: Checker
    var coverage = Coverage()
    var trace: Trace?
    var workers: [ModelWorker] = []
    /// The process of each slot that is running there now.
    var slots: [Int?]
    /// How much of each log has been produced.
    var produced: [Int]
    var isQuiet = false
    var isDone = false
    /// When everything was answered for the first time.
    var settledSince: Int64?
    var events = 0

    static let onboardingSeed: UInt64 = 0x5EED_00A4
    static let erasureSeed: UInt64 = 0x5EED_0002
    private static let followingSeed: UInt64 = 0x5EED_F011_0000_0001

    /// Faults end then; all must be done soon after.
    let quietAt: Int64 = 45_000
    /// More of it for more requests: where there is a rate limit, each takes its time.
    var patience: Int64 { 380_000 + 1_500 * Int64(settings.steps) }

    init(seed: UInt64, _ settings: SimulationSettings) {
        self.settings = settings
        random = SimulationRandom(seed: seed)
        var plan = FaultPlan(&random)
        var other = SimulationRandom(seed: ~seed)
        plan.planAttachments(&other)
        // The number is chosen so that kept seeds stay as they were.
        var third = SimulationRandom(seed: seed ^ Simulation.onboardingSeed)
        plan.planOnboarding(&third)
        if settings.hasErasures {
            var fourth = SimulationRandom(seed: seed ^ Simulation.erasureSeed)
            plan.planErasures(&fourth)
        }
        var fifth = SimulationRandom(seed: seed ^ Simulation.followingSeed)
        plan.planFollowing(&fifth, quietAt: quietAt)
        self.plan = plan
        var workload = Workload(settings, plan, seed: seed, &random)
        workload.planNotices(&other)
        if plan.isFiledByHand { workload.fileByHand(&third) }
        self.workload = workload
        var engineSettings = Simulation.engineSettings(&random, plan)
        engineSettings.adoptsFilings = plan.isFiledByHand && settings.without != .adoption
        self.engineSettings = engineSettings
        let partitions = Int(settings.partitions)
        broker = Broker(partitions: partitions, slots: settings.workers)
        group = ConsumerGroup(partitions: partitions, isStatic: plan.isStatic)
        portal = ModelPortal(
            workload, knowsKeys: plan.hasIdempotencyKeys && settings.without != .idempotencyKeys,
            tellsTime: plan.portalTellsTime, isFollowed: plan.following != nil)
        checker = Checker(workload, plan.policy, plan.mode)
        checker.areNoticesHidden = settings.without == .deadlineOrder
        slots = Array(repeating: nil, count: settings.workers)
        produced = Array(repeating: 0, count: 2 * partitions)
        if settings.keepsTrace { trace = Trace() }
    }

    /// Hours become seconds, so that a run of a minute sees every horizon.
    private static func engineSettings(_ random: inout SimulationRandom, _ plan: FaultPlan) -> EngineSettings {
        var settings = EngineSettings()
        settings.maximumInFlight = 1 + random.index(6)
        settings.callTimeout = 2_000
        settings.portalGrace = 500
        settings.lease = [3_000, 4_000, 6_000][random.index(3)]
        settings.retryAfterLimit = 5_000
        settings.retryBackoff = 50...2_000
        settings.retryHorizon = [8_000, 30_000, 120_000][random.index(3)]
        settings.estateWait = 300...4_000
        settings.searchMemory = 500
        settings.overdueStep = 200
        settings.estateWaitHorizon = [15_000, 60_000, 150_000][random.index(3)]
        settings.ledgerRetention = plan.ledgerRetention
        settings.largestAttachment = 200_000
        settings.assumedAttachment = 5_000
        settings.failurePolicy = plan.policy
        settings.mode = plan.mode
        settings.rateLimit = plan.rateLimit
        settings.gateWindow = 5_000
        settings.probeBackoff = 50...2_000
        settings.oddAnswers = 4
        settings.retryWindow = 1_000
        settings.retryFloor = 2
        settings.sweepInterval = 1_000
        settings.sweepSize = 3
        settings.deadlineInterval = 1_000
        settings.deadlinePatience = 1_000
        settings.following = plan.following
        return settings
    }

    func run() -> Violation? {
        for item in workload.items { queue.add(.produce(item.index), at: item.time) }
        for slot in slots.indices { queue.add(.start(slot: slot), at: random.number(0...1_500)) }
        if plan.processFaultEvery > 0 { queue.add(.fault, at: random.number(500...4_000)) }
        if plan.compaction { queue.add(.compact, at: 3_000) }
        for (number, happening) in plan.happenings.enumerated() { queue.add(.happening(number), at: happening.at) }
        queue.add(.quiet, at: quietAt)
        while !isDone, checker.violation == nil, let (time, event) = queue.next() {
            now = time
            events += 1
            handle(event)
        }
        if checker.violation == nil, !isDone { checker.fail("the run ended before all was done", at: now) }
        for worker in workers { coverage.add(worker.engine.statistics) }
        coverage.events += events
        return checker.violation
    }

    private func handle(_ event: Event) {
        if let number = event.worker {
            let worker = workers[number]
            guard worker.isAlive else { return }
            if worker.isStopped {
                worker.keptBack.append(event)
                return
            }
            handle(event, of: worker)
            return
        }
        switch event {
        case .produce(let index): produce(workload.items[index])
        case .request(let number, let request): handle(request, from: workers[number])
        case .marker(let transaction, let target): mark(transaction, target)
        case .transactionTimeout(let transaction): timeOut(transaction)
        case .sessionTimeout(let member, let lastSeen): evict(member, lastSeen: lastSeen)
        case .joinTimeout(let round): endJoining(round: round)
        case .compact: compact()
        case .portal(let call): arrive(call)
        case .happening(let number): happen(number)
        case .fault: causeFault()
        case .start(let slot): start(slot)
        case .resume(let number): resume(workers[number])
        case .quiet: quieten()
        case .checkProgress: checkProgress()
        case .wake, .tick, .poll, .heartbeat, .answer, .send, .called:
            preconditionFailure("a worker's event was not given to it")
        }
    }

    private func handle(_ event: Event, of worker: ModelWorker) {
        switch event {
        case .wake: wake(worker)
        case .tick: takeTick(worker)
        case .poll: poll(worker)
        case .heartbeat: heartbeat(worker)
        case .answer(_, let answer): handle(answer, to: worker)
        case .send(_, let ticket): send(ticket, worker)
        case .called(_, let ticket, let result): called(ticket, result, worker)
        case .produce, .request, .marker, .transactionTimeout, .sessionTimeout, .joinTimeout, .compact, .portal,
            .happening, .fault, .start, .resume, .quiet, .checkProgress:
            preconditionFailure("not a worker's event")
        }
    }

    func note(_ text: @autoclosure () -> String) {
        guard trace != nil else { return }
        let text = text()
        trace?.add(text, at: now)
    }

    func count(_ fault: Fault) { coverage.faults[fault, default: 0] += 1 }

    /// Whether a fault happens now, in so many cases of a thousand; never once it is quiet.
    func happens(_ perMille: Int, _ fault: Fault) -> Bool {
        guard !isQuiet, random.chance(perMille) else { return false }
        count(fault)
        return true
    }
}
